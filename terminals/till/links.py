"""Paying by pay link: the centre makes it and charges it, the till shows it and waits.

The attempt's key is the link's, written down before the centre hears of it: a lost answer is
asked for again under the same key, and finds the same link. What the guest pays is charged at the
centre, once; the till's sale then only names the link.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from terminals.adapters import Aborted, Approved, Declined, Evidence, Unknown, Verdict
from terminals.till import attempts
from terminals.till.attempts import Attempt
from terminals.till.baskets import Basket, find_basket, linked_lines
from terminals.till.centre import Centre, CentreRefused, CentreSilent
from terminals.till.enrolled import Till
from terminals.till.journal import Journal
from terminals.till.payments import LINK, Desk, begin_payment
from terminals.till.pull import keep_document, known

WITHDRAWN = "Am Schalter zurückgezogen"  # the reason a payer would read
NOBODY_WAITS = timedelta(seconds=30)  # longer than the centre is waited for while a guest stands


def begin(connection: Connection, at: Desk, *, key: UUID) -> Attempt:
    """Write down that the basket is to be paid by link. Raises as `pay_by_card`."""
    device = f"{at.till.code}.link"
    return begin_payment(connection, at, key=key, terminal=device, adapter=LINK)


def ask(
    journal: Journal, centre: Centre, till: Till, of: Attempt, *, is_first: bool = False
) -> Verdict | None:
    """Make the link, or ask how it stands, or take it back where the cashier wants that.

    None while it waits for the guest. Silence leaves it unknown: the centre may have heard.
    is_first: nobody asked before, so what was not sent now was never sent.
    """
    with journal.read() as connection:
        assert of.basket is not None
        held = find_basket(connection, of.basket)
        assert held is not None
        is_made = link_document(connection, of) is not None
    try:
        body = _said(centre, till, of, held, is_made=is_made)
    except CentreRefused as no:
        return Declined("device", no.code)
    except CentreSilent as silent:
        is_untold = is_first and not silent.was_sent
        return Aborted("cashier", "link_offline") if is_untold else Unknown("unreachable")
    with journal.write(till.code) as connection:
        keep_document(connection, till.code, _name(of), body, etag=None)
    return _verdict(of, body)


def open_links(connection: Connection, till: str) -> list[Attempt]:
    """The links of a till that are neither paid nor taken back."""
    left = attempts.open_attempts(connection, till=till)
    return [one for one in left if one.adapter == LINK]


def to_ask(connection: Connection, till: str, now: datetime) -> list[Attempt]:
    """Those to ask about by themselves: not one whose tap is asking for it at this moment."""
    return [
        one for one in open_links(connection, till)
        if one.state == "unknown" or link_document(connection, one) is not None
        or now - one.started_at > NOBODY_WAITS
    ]  # fmt: skip


def link_document(connection: Connection, of: Attempt) -> Mapping[str, Any] | None:
    """What the centre said last about the link of an attempt; None before it is made."""
    body: Mapping[str, Any] | None = known(connection, of.till, _name(of))
    return body


def link_address(connection: Connection, till: str, key: str) -> str:
    """The address of the link of an attempt of this till, for its QR code; "" where none is."""
    body: Mapping[str, Any] | None = known(connection, till, f"link/{key}")
    return str(body["address"]) if body else ""


def _said(
    centre: Centre, till: Till, of: Attempt, held: Basket, *, is_made: bool
) -> Mapping[str, Any]:
    if not is_made:
        body: Mapping[str, Any] = centre.post(
            "/pay-links", till.token, _wanted(till, of, held), key=str(of.id), quick=True
        ).body
        if of.cancelled_at is None:
            return body
    if of.cancelled_at is not None:
        path, reason = f"/pay-links/{of.id}/withdrawal", {"reason": WITHDRAWN}
        withdrawn: Mapping[str, Any] = centre.post(path, till.token, reason, quick=True).body
        return withdrawn
    asked: Mapping[str, Any] = centre.get(f"/pay-links/{of.id}", till.token, quick=True).body
    return asked


def _wanted(till: Till, of: Attempt, held: Basket) -> dict[str, Any]:
    document = {
        "facility": till.facility, "till": till.code, "shift": of.shift,
        "lines": linked_lines(held),
        "case_reference": held.case_reference, "takes_transfers": False,
    }  # fmt: skip
    return {name: value for name, value in document.items() if value is not None}


def _verdict(of: Attempt, body: Mapping[str, Any]) -> Verdict | None:
    match body["state"]:
        case "paid":
            return Approved(
                Evidence(number=str(of.id), amount_cents=of.amount_cents, way="online",
                         at=datetime.now(UTC))
            )  # fmt: skip
        case "withdrawn":
            return Aborted("cashier")
        case "expired":
            return Aborted("time")
    return None


def _name(of: Attempt) -> str:
    return f"link/{of.id}"
