"""What tills send about their day: taken once, in order, one outcome for each item.

Charges and attempts between other items go in one call each, everything else takes its turn.
Nothing is dropped: what is refused, contradicts something or cannot be read is kept with its
reason for people to look at, and stops nothing behind it. Requests of one till go one after the
other, so that the same items sent twice at once are done once.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from types import MappingProxyType
from typing import Any
from uuid import UUID

from marshmallow import Schema, ValidationError
from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.orm import Session

from ledger.charge_rows import ChargeKeyTaken
from ledger.errors import BatchContended, LedgerError, constraint_of
from ledger.locks import lock_till
from ledger.permissions import Caller
from ledger.rules import RuleFault
from terminals import site_schemas as schemas
from terminals.errors import OutsideItsPlace, TerminalsError
from terminals.site_items import attempts, charges, link_sales, notices, refunds, shifts
from terminals.site_items.bodies import FeeNoticeBody, RefundRemindedBody, VisitTakenBackBody
from terminals.site_items.envelope import Received, receive
from terminals.site_items.item import Item, Outcome, Place, invalid, key_conflict, refused
from terminals.site_items.kept import Kept, keep, kept, storable

Take = Callable[[Session, Item, Place, dict[str, Any]], Outcome]
TakeRun = Callable[[Session, Sequence[Item], Place], list[Outcome]]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of item that takes its turn: the shape of its body and what is done with it."""

    body: Schema
    take: Take


RUNS: Mapping[str, TakeRun] = MappingProxyType(
    {"charge": charges.take_charges, "attempt": attempts.take_attempts}
)
KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "reversal": Kind(schemas.ReversalBody(), refunds.take_reversal),
        "shift_opened": Kind(schemas.ShiftOpenedBody(), shifts.take_opened),
        "cash_drop": Kind(schemas.CashDropBody(), shifts.take_drop),
        "shift_closed": Kind(schemas.ShiftClosedBody(), shifts.take_closed),
        "terminal_totals": Kind(schemas.TerminalTotalsBody(), shifts.take_totals),
        "refund_requested": Kind(schemas.RefundRequestedBody(), refunds.take_requested),
        "refund_decided": Kind(schemas.RefundDecidedBody(), refunds.take_decided),
        "refund_reminded": Kind(RefundRemindedBody(), refunds.take_reminded),
        "refund_paid": Kind(schemas.RefundPaidBody(), refunds.take_paid),
        "fee_notice": Kind(FeeNoticeBody(), notices.take_fee_notice),
        "link_sale": Kind(schemas.LinkSaleBody(), link_sales.take_link_sale),
        "visit_taken_back": Kind(VisitTakenBackBody(), refunds.take_visit_back),
        "till_event": Kind(schemas.TillEventBody(), refunds.take_event),
    }
)
# The same request works a moment later: the whole of it is repeated.
_WORTH_A_REPEAT = (BatchContended, ChargeKeyTaken)


def take_items(session: Session, sent: Iterable[Any], *, caller: Caller) -> list[dict[str, Any]]:
    """Take what a till sent, in the caller's transaction; one outcome document each.

    Raises OutsideItsPlace for a device that is bound to no till, BodyMalformed, and
    BatchContended or ChargeKeyTaken: nothing was taken then, the same request may come again.
    """
    if caller.facility is None or caller.till is None:
        raise OutsideItsPlace("till", caller.facility or "")
    place = Place(caller.name, caller.facility, caller.till)
    lock_till(session, place.till)
    received = [receive(one) for one in sent]
    known = kept(session, {one.key for one in received})
    first: dict[UUID, Received] = {}
    for one in received:
        first.setdefault(one.key, one)
    new = [one for key, one in first.items() if key not in known]
    done = {key: storable(one) for key, one in _take_new(session, new, place).items()}
    keep(session, place, [(one.key, one, done[one.key]) for one in new])
    known |= {one.key: Kept(place.till, one.digest, done[one.key]) for one in new}
    outcomes = _answers(session, received, known, place)
    return [_document(one, outcome) for one, outcome in zip(received, outcomes, strict=True)]


def _answers(
    session: Session, received: Sequence[Received], known: Mapping[UUID, Kept], place: Place
) -> list[Outcome]:
    """The outcome of each; what came under somebody else's key is kept under one of its own."""
    strange = {one.key_of_content(): one for one in received
               if not known[one.key].answers(one, place)}  # fmt: skip
    before = kept(session, strange) if strange else {}
    rows = [(key, one, key_conflict(one.key)) for key, one in strange.items() if key not in before]
    keep(session, place, rows)
    answered, seen = list[Outcome](), set[UUID]()
    for one in received:
        if not known[one.key].answers(one, place):
            is_again = one.key_of_content() in before
            answered.append(replace(key_conflict(one.key), replayed=is_again))
            continue
        outcome = known[one.key].outcome
        answered.append(replace(outcome, replayed=True) if one.key in seen else outcome)
        seen.add(one.key)
    return answered


def _take_new(session: Session, new: Iterable[Received], place: Place) -> dict[UUID, Outcome]:
    done: dict[UUID, Outcome] = {}
    run: list[Item] = []
    for one in new:
        if one.item is None:
            assert one.fault is not None
            done[one.key] = one.fault
        elif one.item.kind in RUNS:
            run.append(one.item)
        else:
            done |= _take_run(session, run, place)
            run = []
            done[one.key] = _take_one(session, one.item, place)
    return done | _take_run(session, run, place)


def _take_run(session: Session, run: Sequence[Item], place: Place) -> dict[UUID, Outcome]:
    done: dict[UUID, Outcome] = {}
    for kind, take in RUNS.items():
        items = [item for item in run if item.kind == kind]
        keys = [item.key for item in items]
        done |= dict(zip(keys, _in_one_call(session, take, items, place), strict=True))
    return done


def _in_one_call(
    session: Session, take: TakeRun, items: Sequence[Item], place: Place
) -> list[Outcome]:
    """All at once; where one of them breaks the call, each half for itself, down to that one."""
    if not items:
        return []
    try:
        with session.begin_nested():
            return take(session, items, place)
    except _WORTH_A_REPEAT:
        raise
    except _NO as no:
        if len(items) == 1:
            return [_said(no)]
    half = len(items) // 2
    return [
        *_in_one_call(session, take, items[:half], place),
        *_in_one_call(session, take, items[half:], place),
    ]


def _take_one(session: Session, item: Item, place: Place) -> Outcome:
    kind = KINDS.get(item.kind)
    if kind is None:
        return invalid("kind_unknown", kind=item.kind)
    try:
        body = kind.body.load(item.body)
        with session.begin_nested():
            return kind.take(session, item, place, body)
    except ValidationError as wrong:
        return invalid("request_invalid", errors=wrong.messages_dict)
    except _WORTH_A_REPEAT:
        raise
    except _NO as no:
        return _said(no)


# What one item may run into without stopping the others; its own writes are undone.
_NO = (LedgerError, TerminalsError, RuleFault, IntegrityError, DataError)


def _said(no: Exception) -> Outcome:
    if isinstance(no, IntegrityError):
        return refused("rule_broken", rule=constraint_of(no))
    if isinstance(no, DataError):
        return invalid("request_invalid", errors={"body": ["Cannot be stored."]})
    if isinstance(no, RuleFault):
        return refused("not_bookable", reason=str(no))
    assert isinstance(no, LedgerError | TerminalsError)
    data = getattr(no, "data", None)
    if data is None and is_dataclass(no):
        data = {each.name: str(getattr(no, each.name)) for each in fields(no)}
    return Outcome("refused", code=no.code, data=data or {})


def _document(received: Received, outcome: Outcome) -> dict[str, Any]:
    document = {
        "key": received.sent_key, "state": outcome.state, "replayed": outcome.replayed,
        "entry_id": outcome.entry_id, "code": outcome.code, "data": dict(outcome.data) or None,
    }  # fmt: skip
    return {name: value for name, value in document.items() if value is not None or name == "key"}
