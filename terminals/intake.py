"""Charges as they come in: documents become requests to the ledger, outcomes documents."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from marshmallow import ValidationError
from sqlalchemy.orm import Session

from ledger.alike import is_common, remember
from ledger.booking import tender_of
from ledger.catalogue.posted import posted_catalogue
from ledger.charges import BasketLine, ChargeInvalid, ChargeRequest, Recorded, charge
from ledger.entries import Conflict, Dimensions, Outcome, Posted, Refused
from ledger.money import Money
from ledger.outcomes import ServiceOutcome
from ledger.permissions import Caller
from ledger.wallets import top_up
from terminals.bodies import request_bytes
from terminals.errors import Invalid, KeyConflict, OutsideItsPlace, Refusal
from terminals.fields import plain_code, plain_instant, plain_uuid
from terminals.schemas import BatchItemIn, BatchOwnIn

Document = Mapping[str, Any]


def take_charge(
    session: Session, document: Document, *, key: UUID, sent: Document, caller: Caller
) -> ServiceOutcome:
    """Charge one document, as its schema loaded it; `sent`: as it came.

    Raises OutsideItsPlace, and what `ledger.charges.charge` raises.
    """
    asked = _request(document, key=key, request=request_bytes("charge", sent))
    _check_place(caller, asked.facility, asked.till)
    (outcome,) = charge(session, posted_catalogue(session), [asked])
    return outcome


def take_batch(
    session: Session, items: Sequence[Document], *, caller: Caller
) -> list[dict[str, Any]]:
    """Charge many documents as they came; one outcome document each, in the same order.

    An item that cannot be understood, or is not the caller's to charge, is answered "invalid":
    it stops no other, and nothing is stored under its key.
    """
    alike: dict[object, ChargeRequest] = {}
    read = [_read_item(item, caller, alike) for item in items]
    asked = [one for one in read if isinstance(one, ChargeRequest)]
    outcomes = iter(charge(session, posted_catalogue(session), asked) if asked else ())
    return [
        outcome_document(next(outcomes)) if isinstance(one, ChargeRequest) else one for one in read
    ]


def take_top_up(
    session: Session, wallet: str, document: Document, *, key: UUID, sent: Document, caller: Caller
) -> Outcome:
    """Put money onto a wallet, paid at a counter; arguments as for `take_charge`.

    Raises OutsideItsPlace, UnknownWallet and BasketRefused (facility, till or terminal unknown).
    """
    paid = {name: document[name] for name in _FIELDS if name in document}
    asked = ChargeRequest(key=key, charged_at=document["paid_at"], lines=(), **paid)
    _check_place(caller, asked.facility, asked.till)
    tender = tender_of(asked, posted_catalogue(session), {})
    return top_up(
        session, wallet, Money(**document["amount"]), key=key, way=asked.way,
        booked_on=asked.booked_on, reference=asked.receipt_number,
        request=request_bytes("top_up", {"wallet": wallet, **sent}), debit=tender.account,
        dimensions=Dimensions(facility=asked.facility, till=tender.till, shift=tender.shift),
    )  # fmt: skip


def result_of(outcome: ServiceOutcome) -> Posted | Recorded:
    """The outcome, where it is done. Raises Refusal, Invalid and KeyConflict.

    To be called when the transaction is over: a refusal is an answer, and has to be stored.
    """
    match outcome:
        case Posted() | Recorded():
            return outcome
        case Refused():
            raise Refusal(outcome)
        case ChargeInvalid():
            raise Invalid(outcome)
        case Conflict():
            raise KeyConflict(outcome.key)


def outcome_document(outcome: ServiceOutcome) -> dict[str, Any]:
    """What a batch answers for one item."""
    match outcome:
        case Posted(key, entry_id, replayed):
            return {"key": key, "state": "posted", "replayed": replayed, "entry_id": entry_id}
        case Recorded(key, replayed):
            return {"key": key, "state": "recorded", "replayed": replayed, "entry_id": None}
        case ChargeInvalid(key, code, data):
            return {"key": key, "state": "invalid", "replayed": False, "code": code, "data": data}
        case Refused(key, code, data, replayed):
            return {"key": key, "state": "refused", "replayed": replayed, "code": code,
                    "data": data}  # fmt: skip
        case Conflict(key):
            return {"key": key, "state": "conflict", "replayed": False, "code": KeyConflict.code}


def is_replay(outcomes: Iterable[Document]) -> bool:
    """Whether every item of a batch had its answer before."""
    return all(outcome["replayed"] for outcome in outcomes)


def _read_item(
    item: Document, caller: Caller, alike: dict[object, ChargeRequest]
) -> ChargeRequest | dict[str, Any]:
    """The request of an item. Most sales of a day are alike but for key, time and receipt: what
    was read and allowed once, by its own JSON, is not read again."""
    sent = {name: value for name, value in item.items() if name != "key"}
    request = request_bytes("charge", sent)
    shape = (caller.facility, caller.till, _shape(request, sent))
    try:
        if like := alike.get(shape) or _common.get(shape):
            return _like(like, request, **_own(item))
        document = _ITEM.load(item)
        asked = _request(document, key=document["key"], request=request)
        _check_place(caller, asked.facility, asked.till)
    except ValidationError as wrong:
        return _invalid(item, "request_invalid", {"errors": wrong.messages_dict})
    except OutsideItsPlace as outside:
        return _invalid(item, outside.code, {"wanted": outside.wanted, "allowed": outside.allowed})
    alike[shape] = asked
    if is_common(asked):
        remember(_common, shape, asked)
    return asked


_common: dict[object, ChargeRequest] = {}


def _shape(request: bytes, sent: Document) -> bytes:
    """The bytes of a request without what it shares with no other one.

    Each gap stays visible (no JSON has two commas in a row), so no two shapes are the same whose
    requests differ in anything else.
    """
    for name in _OWN:
        value = sent.get(name)
        if isinstance(value, str):
            request = request.replace(f'"{name}":"{value}"'.encode("utf-8", "replace"), b"", 1)
    return request


def _like(
    other: ChargeRequest, request: bytes, *, key: UUID, charged_at: datetime,
    receipt_number: str | None,
) -> ChargeRequest:  # fmt: skip
    return ChargeRequest(
        key, other.facility, other.way, charged_at, other.lines, other.till, other.terminal,
        other.wallet, other.shift, receipt_number, request,
    )  # fmt: skip


def _own(item: Document) -> dict[str, Any]:
    """What an item shares with no other: most at first sight, else as the schema reads it."""
    given = {name: item[name] for name in ("key", *_OWN) if name in item}
    key, at = plain_uuid(given.get("key")), plain_instant(given.get("charged_at"))
    number = plain_code(given.get("receipt_number"))
    if key and at and number:
        return {"key": key, "charged_at": at, "receipt_number": number}
    return _NO_RECEIPT | dict(_OWN_FIELDS.load(given))


_OWN = ("charged_at", "receipt_number")
_OWN_FIELDS = BatchOwnIn()
_NO_RECEIPT = {"receipt_number": None}
_ITEM = BatchItemIn()


def _invalid(item: Document, code: str, data: dict[str, Any]) -> dict[str, Any]:
    key = item.get("key")
    return {
        "key": key if isinstance(key, str) else None, "state": "invalid", "replayed": False,
        "code": code, "data": data,
    }  # fmt: skip


def _request(document: Document, *, key: UUID, request: bytes) -> ChargeRequest:
    fields = {name: document[name] for name in _FIELDS if name in document}
    lines = tuple(BasketLine(**line) for line in document["lines"])
    return ChargeRequest(key=key, lines=lines, request=request, **fields)


_FIELDS = (
    "facility", "way", "charged_at", "till", "terminal", "wallet", "shift", "receipt_number",
)  # fmt: skip


def _check_place(caller: Caller, facility: str, till: str | None) -> None:
    if not caller.may_act_at(facility, till):
        wanted = facility if till is None else f"{facility}, {till}"
        raise OutsideItsPlace(wanted, caller.till or caller.facility or "")
