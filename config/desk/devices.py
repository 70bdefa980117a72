"""Devices, for the administrator: codes that let a till in, who is in, and locking one out."""

from flask import Blueprint, Response, request, url_for
from sqlalchemy.orm import Session

from config.desk.lines import DeviceLine, DevicesPage
from config.desk.page import render
from config.errors import sentence
from config.staff.cookie import now
from config.staff.page import books, caller, go, shell
from config.web.words import word
from ledger.catalogue.posted import posted_catalogue
from ledger.permissions import Permission, needs
from ledger.staff.audit import record
from terminals.devices import Device, devices, revoke_device
from terminals.enrolment import EnrolmentCode, make_code
from terminals.errors import TerminalsError
from terminals.till_queries import open_codes

pages = Blueprint("devices", __name__, url_prefix="/desk/devices")


@pages.get("")
@needs(Permission.DEVICES_MANAGE)
def show() -> Response:
    """All devices, and the form for a code."""
    return _page()


@pages.post("/codes")
@needs(Permission.DEVICES_MANAGE)
def add_code() -> Response:
    """Make a code and show it, this once."""
    try:
        with books().transaction() as session:
            made = make_code(session, caller(), request.form.get("till", ""), at=now())
    except TerminalsError as error:
        return _page(problem=sentence(error.code).german)
    return _page(made=made)


@pages.post("/revoked")
@needs(Permission.DEVICES_MANAGE)
def revoke() -> Response:
    """Lock a device out from its next request on."""
    name = request.form.get("name", "")
    try:
        with books().transaction() as session:
            revoke_device(session, name)
            record(session, caller(), "device.revoked", about=name)
    except TerminalsError as error:
        return _page(problem=sentence(error.code).german)
    return go(url_for("devices.show"))


def _page(*, made: EnrolmentCode | None = None, problem: str | None = None) -> Response:
    with books().read_only() as session:
        known = devices(session)
        page = DevicesPage(
            shell(), [_line(one) for one in known], open_codes(session, at=now()),
            _free_tills(session, known), made, problem,
        )  # fmt: skip
    return render("devices.html", page, 422 if problem else 200)


def _free_tills(session: Session, known: list[Device]) -> list[tuple[str, str]]:
    """Tills nobody stands at, by the name of their house."""
    catalogue = posted_catalogue(session)
    taken = {one.till for one in known if one.revoked_at is None}
    return [
        (till.code, f"{house.name}: {till.name} ({till.code})")
        for house in catalogue.offers.facilities
        for till in house.tills
        if till.code not in taken
    ]


def _line(one: Device) -> DeviceLine:
    place = one.till or one.facility or "–"
    return DeviceLine(one.name, word(one.role), place, one.added_at, one.revoked_at)
