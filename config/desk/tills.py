"""The tills of the city: who stands there, what is not clear, and what could not be booked."""

from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, Response

from config.desk.lines import AttemptLine, NotTakenLine, TillLine, TillsPage
from config.desk.page import render
from config.desk.words import ATTEMPTS, ITEMS, NOT_TAKEN, STATEMENTS, age
from config.errors import sentence
from config.staff.cookie import now
from config.staff.page import books, caller, shell
from config.web import formats
from ledger.permissions import Permission, needs
from terminals.till_queries import (
    NotTaken,
    TillState,
    UnclearAttempt,
    not_taken,
    terminal_totals,
    tills,
    unclear_attempts,
)

QUIET = timedelta(minutes=30)  # with a shift open somebody sells, and a till reports within seconds

pages = Blueprint("tills", __name__, url_prefix="/desk/tills")


@pages.get("")
@needs(Permission.TILLS_READ)
def show() -> Response:
    """Every till with a device, of the viewer's place where they have one."""
    where, at = {"facility": caller().facility}, now()
    with books().read_only() as session:
        page = TillsPage(
            shell(),
            [_till(one, at) for one in tills(session, **where)],
            [_attempt(one, at) for one in unclear_attempts(session, **where)],
            [_not_taken(one) for one in not_taken(session, **where)],
            terminal_totals(session, **where),
        )
    return render("tills.html", page)


def _till(one: TillState, at: datetime) -> TillLine:
    state, kind = "verbunden", "success"
    if one.device is None:
        state, kind = "kein Gerät", "danger"
    elif one.heard_at is None:
        state, kind = "angemeldet", "info"
    elif one.shift and at - one.heard_at > QUIET:
        state, kind = "still", "warning"
    return TillLine(
        one.till, one.name, one.facility_name, one.device, state, kind, age(one.heard_at, at),
        one.shift, one.opened_by, one.opened_at,
    )  # fmt: skip


def _attempt(one: UnclearAttempt, at: datetime) -> AttemptLine:
    said = STATEMENTS.get(one.statement or "")
    note = " · ".join(part for part in (one.reason, said) if part)
    return AttemptLine(
        ATTEMPTS[one.kind], one.till, one.facility_name, one.terminal, one.amount_cents,
        age(one.started_at, at), note or ("läuft" if one.state == "started" else "unklar"),
    )  # fmt: skip


def _not_taken(one: NotTaken) -> NotTakenLine:
    state, kind = NOT_TAKEN[one.state]
    return NotTakenLine(
        ITEMS.get(one.kind, one.kind or "Unbekannt"), state, kind, one.till, one.facility_name,
        one.sale, one.happened_at or one.received_at, sentence(one.code).german,
        _told(one.data),
    )  # fmt: skip


def _told(data: Any) -> str:
    """The figures behind a refusal: amounts as euros, the rest as it is."""
    words = (
        formats.euro(value) if name.endswith("_cents") and type(value) is int else str(value)
        for name, value in data.items()
        if isinstance(value, str | int) and not _is_long(value)
    )
    return " · ".join(words)


def _is_long(value: object) -> bool:
    return len(str(value)) > 30  # keys: they say nothing to a person
