"""Refunds: what is left of a charge, line by line, asked for, approved and paid back once.

Posting rule 30: an approved refund takes revenue and tax back into 371300, its payment empties
that again. Both are booked when the money goes out, as one pair. A pass or card that was sold is
not refunded here: its return has rules of its own (19).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from ledger import tenders
from ledger.approvals import Request, find_approval, request_approval
from ledger.calendar import business_day
from ledger.catalogue.posted import PostedCatalogue, posted_catalogue
from ledger.charges import Charge, find_charge
from ledger.entries import Dimensions, Entry, Outcome, Posted, Refused
from ledger.journal import post
from ledger.locks import lock_refunds
from ledger.money import Money
from ledger.queries import JournalTransfer, find_entry
from ledger.refund_lines import RefundLine, RefundRefused, lines_back, lines_left, paid_cents
from ledger.rules import Posting
from ledger.sub_accounts import open_missing
from ledger.tables.approvals import refund as refund_table
from ledger.tables.approvals import refund_payment
from ledger.tenders import Tender

FEDERAL_SHARE = "371200"
# Nothing was received for these: there is nothing to give back.
UNPAID_WAYS = frozenset({"invoice"})


@dataclass(frozen=True, slots=True)
class RefundRequest:
    """What goes back of a charge.

    lines: line numbers from 1 with pieces; None for all that is left. amount_cents: what the
    till showed; another sum refuses the refund.
    """

    id: UUID
    charge: UUID
    amount_cents: int
    lines: tuple[RefundLine, ...] | None
    reason: str
    person: str
    requested_at: datetime


@dataclass(frozen=True, slots=True)
class Payment:
    """How the money goes back: `way` of ledger.tenders, at a till or terminal, by whom and when."""

    way: str
    till: str
    person: str
    paid_at: datetime
    shift: str | None = None
    terminal: str | None = None
    attempt: UUID | None = None


def request_refund(session: Session, asked: RefundRequest, *, facility: str, till: str) -> str:
    """Ask for a refund at a till of the charge's facility; "approved" or "pending".

    Raises RefundRefused (refund_known, charge_unknown, already_reversed, refund_of_unpaid,
    refund_of_pass, refund_line_unknown, refund_exceeds_charge, refund_amount_wrong) and NotTheirs.
    """
    lock_refunds(session, asked.charge)
    known = select(refund_table.c.id).where(refund_table.c.id == asked.id)
    if session.scalar(known) is not None:
        raise RefundRefused("refund_known", refund=str(asked.id))
    found = _charge(session, asked.charge, facility)
    lines = lines_back(lines_left(session, found), asked.lines)
    due = sum(line["amount_cents"] for line in lines)
    if not due or due != asked.amount_cents:
        raise RefundRefused("refund_amount_wrong", due_cents=due, asked_cents=asked.amount_cents)
    state = request_approval(
        session,
        Request(
            asked.id, "refund", found.receipt_number or str(found.key), facility, till,
            asked.amount_cents, asked.reason, asked.person, asked.requested_at,
        ),
    )  # fmt: skip
    row = {"id": asked.id, "charge": found.key, "amount_cents": due, "lines": lines}
    session.execute(insert(refund_table), [row])
    return state


def pay_refund(session: Session, refund: UUID, *, key: UUID, how: Payment) -> Outcome:
    """Book an approved refund as paid, once: `key` names the entry of its payment.

    Raises RefundRefused (refund_unknown, refund_not_approved, refund_paid, refund_way).
    """
    row = session.execute(select(refund_table).where(refund_table.c.id == refund)).one_or_none()
    if row is None:
        raise RefundRefused("refund_unknown", refund=str(refund))
    lock_refunds(session, row.charge)
    state = find_approval(session, refund).state
    if state != "approved":
        raise RefundRefused("refund_not_approved", state=state)
    paid = select(refund_payment.c.refund).where(refund_payment.c.refund == refund)
    if session.scalar(paid) is not None:
        raise RefundRefused("refund_paid", refund=str(refund))
    found = find_charge(session, row.charge)
    assert found is not None
    entries = _pair(session, found, row, key=key, how=how)
    first, second = post(session, entries, all_or_nothing=True)
    if not (isinstance(first, Posted) and isinstance(second, Posted)):
        is_why = isinstance(first, Refused) and first.code != "linked_refused"
        return first if is_why else second
    payment = {
        "refund": refund, "way": how.way, "attempt": how.attempt, "paid_at": how.paid_at,
        "paid_by": how.person, "approved_entry": first.entry_id, "paid_entry": second.entry_id,
    }  # fmt: skip
    session.execute(insert(refund_payment), [payment])
    return second


def _charge(session: Session, key: UUID, facility: str) -> Charge:
    found = find_charge(session, key)
    if found is None or found.entry_id is None or found.facility != facility:
        raise RefundRefused("charge_unknown", charge=str(key))
    if found.reversed_by is not None:
        raise RefundRefused("already_reversed", charge=str(key))
    if found.way in UNPAID_WAYS:
        raise RefundRefused("refund_of_unpaid", way=found.way)
    return found


def _pair(session: Session, found: Charge, row: Any, *, key: UUID, how: Payment) -> list[Entry]:
    """Rule 30: what the lines booked goes to 371300, and from there to the payer."""
    assert found.entry_id is not None
    sold = find_entry(session, found.entry_id)
    assert sold is not None
    catalogue = posted_catalogue(session)
    tender = _tender(found, sold.transfers, how)
    if "/" in tender.account:
        title = tender.account.partition("/")[2].replace("/", ", ")
        open_missing(session, {tender.account: title})
    back = _taken_back(row.lines, sold.transfers, paid_cents(session, found.key))
    postings = [posting_back(catalogue, found, parts, tender) for parts in back]
    day, reference = business_day(how.paid_at), found.receipt_number
    approved = Entry(
        uuid5(key, "refund_approved"), postings[0].event, day, catalogue.rulebook.book(postings),
        reference=reference,
    )  # fmt: skip
    house = catalogue.facilities[found.facility]
    where = Dimensions(
        facility=house.code, cost_centre=house.cost_centre, channel=tender.channel,
        till=tender.till, shift=tender.shift,
    )  # fmt: skip
    paid = catalogue.rulebook.transfers(
        "refund_paid", amounts={"amount": row.amount_cents}, roles={"refund_to": tender.account},
        dimensions=where,
    )  # fmt: skip
    return [approved, Entry(key, "refund_paid", day, paid, reference=reference)]


def _tender(found: Charge, sold: Iterable[JournalTransfer], how: Payment) -> Tender:
    """Where the money goes: cash and cards from this counter, else the way it came."""
    day = business_day(how.paid_at)
    at = {"shift": how.shift} if how.shift else {}
    if how.way == "cash":
        return tenders.cash(how.till, **at)
    if how.way in ("girocard", "credit_card"):
        terminal = how.terminal or found.terminal
        if terminal is None:
            raise RefundRefused("terminal_missing", way=how.way)
        make = tenders.girocard if how.way == "girocard" else tenders.credit_card
        return make(terminal, day, till=how.till, **at)
    if how.way != found.way:
        raise RefundRefused("refund_way", way=how.way, paid_by=found.way)
    account = next(moved.debit for moved in sold)
    controls = {control: way for way, control in tenders.CONTROL_ACCOUNTS.items()}
    return Tender(controls[account.partition("/")[0]], account, how.till, how.shift)


Part = tuple[JournalTransfer, int]


def _taken_back(
    lines: Iterable[Mapping[str, Any]], sold: Sequence[JournalTransfer], paid: Mapping[str, int]
) -> list[list[Part]]:
    """For each product what its transfers give back, so that all refunds together take exactly
    what was booked: part n of the cents is what lies between two rounded running sums."""
    wanted: dict[str, int] = {}
    for line in lines:
        wanted[line["product"]] = wanted.get(line["product"], 0) + line["amount_cents"]
    back = []
    for product, amount in wanted.items():
        booked = [moved for moved in sold if moved.dimensions.get("product") == product]
        before = shares(booked, paid.get(product, 0))
        after = shares(booked, paid.get(product, 0) + amount)
        back.append([(moved, after[n] - before[n]) for n, moved in enumerate(booked)])
    return back


def shares(booked: Sequence[JournalTransfer], amount: int) -> list[int]:
    """This much of what they booked, spread over the transfers; the first takes the rounding."""
    whole = sum(moved.amount_cents for moved in booked)
    rest = [moved.amount_cents * amount // whole for moved in booked[1:]]
    return [amount - sum(rest), *rest]


def posting_back(
    catalogue: PostedCatalogue, found: Charge, parts: Sequence[Part], tender: Tender
) -> Posting:
    """Rule 30 for one product of a charge: what goes to 371300 of each of its transfers."""
    vat_accounts = catalogue.rulebook.role_accounts["vat"]
    sums: dict[str, int] = {"own": 0, "tax": 0, "federal": 0}
    roles: dict[str, str] = {}
    for moved, amount in parts:
        if moved.credit in vat_accounts:
            sums["tax"] += amount
            roles["vat"] = moved.credit
        elif moved.credit == FEDERAL_SHARE:
            sums["federal"] += amount
        else:
            sums["own"] += amount
            roles["revenue"] = moved.credit
    dimensions = replace(
        Dimensions(**parts[0][0].dimensions), channel=tender.channel, till=tender.till,
        shift=tender.shift,
    )  # fmt: skip
    is_fee = catalogue.facilities[found.facility].kind == "citizens_office" and not sums["tax"]
    amounts: dict[str, int | Money] = (
        {"own": sums["own"], "federal": sums["federal"]}
        if is_fee
        else {"net": sums["own"], "tax": sums["tax"]}
    )
    return Posting(
        "fee_refund_approved" if is_fee else "refund_approved", amounts, roles, dimensions
    )
