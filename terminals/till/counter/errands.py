"""Taps that ask the centre before they change anything: connecting a till, a guest's code."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from sqlalchemy import Connection

from terminals.till.centre import CentreRefused, CentreSilent
from terminals.till.counter import guest_codes
from terminals.till.enrolled import bind_browser, change_till, tills
from terminals.till.errors import TillRefusal
from terminals.till.pages import ConfirmTill, Enrolment, Frame, Page
from terminals.till.site import Site

Problem = Literal["", "code", "centre", "taken", "storage"]
Errand = Callable[["Entrance", Site, str | None, Mapping[str, str]], str | None]

_PROBLEMS: Mapping[str, Problem] = {"till_enrolled": "taken"}


@dataclass(slots=True)
class Entrance:
    """The door of the site: what the last code typed came to, while a browser is no till yet."""

    code: str = ""
    problem: Problem = ""
    is_adding: bool = False  # a further till is to be connected

    def page(self, connection: Connection) -> Page:
        """What a browser sees that is no till yet."""
        frame = Frame(till="", site="", now=datetime.now(UTC), version=0, screen=None)
        known = tills(connection)
        if not known or self.is_adding:
            return Page(frame, Enrolment(code=self.code, problem=self.problem))
        choice = tuple((till.code, till.name) for till in known) if len(known) > 1 else ()
        return Page(frame, ConfirmTill(known[-1].name, known[-1].facility_name, choice))


def enrol(
    entrance: Entrance, site: Site, _browser: str | None, form: Mapping[str, str]
) -> str | None:
    """Connect a till by the code the centre shows; then the page asks whether it is the one."""
    entrance.code, entrance.problem = form.get("code", "").strip().upper()[:12], ""
    try:
        site.enrol(entrance.code)
    except CentreSilent:
        entrance.problem = "centre"
    except CentreRefused as no:
        entrance.problem = _PROBLEMS.get(no.code, "code")
    except TillRefusal:
        entrance.problem = "code"
    entrance.is_adding = bool(entrance.problem)
    return None


def confirm_till(
    entrance: Entrance, site: Site, _browser: str | None, form: Mapping[str, str]
) -> str | None:
    """This browser is that till from now on; its cookie. A PIN protects what it can do."""
    entrance.code, entrance.problem = "", ""
    with site.journal.read() as connection:
        known = {till.code: till for till in tills(connection)}
    chosen = form.get("till") or (list(known)[-1] if known else "")
    if chosen not in known:
        return None
    with site.journal.write(chosen) as connection:  # news for the browser that was it so far
        if known[chosen].person is not None:  # whoever works there did not sign in here
            change_till(connection, chosen, is_locked=True)
        return bind_browser(connection, chosen, datetime.now(UTC))


def connect_another(
    entrance: Entrance, _site: Site, _browser: str | None, _form: Mapping[str, str]
) -> str | None:
    """None of these: a further till with a code of its own."""
    entrance.is_adding = True
    return None


def scan(
    _entrance: Entrance, site: Site, browser: str | None, form: Mapping[str, str]
) -> str | None:
    """Something was scanned or typed as a number."""
    guest_codes.scan(site, browser, form)
    return None


ERRANDS: Mapping[str, Errand] = {
    "enrol": enrol, "confirm_till": confirm_till, "connect_another": connect_another,
    "scan": scan,
}  # fmt: skip
