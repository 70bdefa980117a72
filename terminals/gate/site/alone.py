"""Whether a gate that is alone may open: by signature, by the news, and by what it did itself."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, select

from ledger.calendar import business_day
from terminals.gate.pass_rules import Known, OwnVisit, code_refusal, pass_refusal
from terminals.gate.scanned import PassCode, Scanned, Unread
from terminals.gate.site.tables import known_pass, known_ticket, scan
from terminals.gate.tokens import Ticket, mark
from terminals.gate.values import Refusal, day_refusal


def refusal(
    connection: Connection, found: Scanned, news: Mapping[str, Any], now: datetime, *, gate: str
) -> Refusal | None:
    """Why this gate does not open now, None: it does. news: the document `news` of the centre."""
    match found:
        case Unread(reason=reason):
            return Refusal(reason, {})
        case Ticket():
            return _of_ticket(connection, found, news, business_day(now), gate=gate)
        case PassCode():
            return _of_pass(connection, found, news, business_day(now), gate=gate)


def _of_ticket(
    connection: Connection, held: Ticket, news: Mapping[str, Any], today: date, *, gate: str
) -> Refusal | None:
    if held.is_supplement:
        return Refusal("supplement", {})
    if held.house != mark(news["facility"]["code"]):
        return Refusal("other_house", {"house": news["houses"].get(held.house.hex(), "")})
    if no := day_refusal(held.valid_from, held.valid_until, today):
        return no
    return _of_use(connection, held.code, gate)


def _of_use(connection: Connection, code: str, gate: str) -> Refusal | None:
    ours = select(scan.c.at).where(scan.c.code == code, scan.c.state == "opened")
    at = connection.scalar(ours.where(scan.c.kind == "ticket"))
    if at is not None:
        return Refusal("used", {"at": at.isoformat(), "gate": gate})
    body = connection.scalar(select(known_ticket.c.body).where(known_ticket.c.code == code))
    if body is None:
        return None
    match body["state"]:
        case "valid":
            return None
        case "used":
            return Refusal("used", {"at": body["at"], "gate": body["gate"]})
        case ended:
            return Refusal("returned", {"how": ended})


def _of_pass(
    connection: Connection, held: PassCode, news: Mapping[str, Any], today: date, *, gate: str
) -> Refusal | None:
    if no := code_refusal(held, news["blocked_cards"]):
        return no
    row = connection.execute(select(known_pass).where(known_pass.c.code == held.code)).one_or_none()
    if row is None:
        return None  # sold since the last news: its signature is all there is
    untold = select(scan.c.at).where(
        scan.c.code == held.code, scan.c.kind == "pass", scan.c.state == "opened",
        scan.c.is_told.is_(False),
    )  # fmt: skip
    ours = [OwnVisit(at, gate) for at in connection.scalars(untold.order_by(scan.c.at))]
    return pass_refusal(Known(date.fromisoformat(row.day), row.body, ours), today)
