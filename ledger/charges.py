"""Charges: what a person pays for at a counter, on a device or online, booked once each.

An answer that could come out otherwise later is stored under its key and given again for ever:
booked, handed out for free, or refused by the journal, the catalogue, the facility type or a
pass. Who was told no and paid another way must not be charged by a late repetition. Only a
request that is wrong in itself (`ChargeInvalid`) is not stored: its bytes can never be right.

A charge for a closed day is refused ("day_closed"); booking late arrivals elsewhere is not
offered here.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from ledger.alike import is_common, remember
from ledger.baskets import BasketLine, ChargeRequest, fault_of
from ledger.booking import BasketRefused, Booked, Known, book, book_again, tender_of
from ledger.cards import Pass, PassRefused, find_passes
from ledger.catalogue.posted import PostedCatalogue
from ledger.charge_reversals import UnknownCharge, reverse_charge
from ledger.charge_rows import answers_to, draw_pass_code, is_key_taken, store
from ledger.entries import Conflict, Posted, Refused
from ledger.facilities import FacilityRefusal
from ledger.journal import post
from ledger.outcomes import ChargeInvalid, Recorded, ServiceOutcome, refusal_data
from ledger.sub_accounts import lock_funds, open_missing
from ledger.tables.services import charge as charge_table
from ledger.tables.services import charge_reversal, wallet
from ledger.tenders import Tender

__all__ = [
    "BasketLine", "Charge", "ChargeInvalid", "ChargeRequest", "ChargedLine", "Recorded",
    "UnknownCharge", "charge", "find_charge", "reverse_charge",
]  # fmt: skip

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class ChargedLine:
    """A line as it was sold, for the receipt; `passes`: codes of the passes it sold or used."""

    product: str
    quantity: int
    unit_cents: int
    amount_cents: int
    tax_code: str | None
    vat_rate: int
    passes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Charge:
    """A charge that has an answer.

    entry_id: None where nothing was booked. refused: the code of the refusal, with `data`.
    reversed_by: key of its reversal. booked_on: its business day.
    """

    key: UUID
    entry_id: int | None
    refused: str | None
    data: Mapping[str, Any]
    facility: str
    way: str
    charged_at: datetime
    booked_on: date
    till: str | None
    terminal: str | None
    shift: str | None
    receipt_number: str | None
    total_cents: int
    lines: tuple[ChargedLine, ...]
    reversed_by: UUID | None


def charge(
    session: Session, catalogue: PostedCatalogue, requests: Sequence[ChargeRequest]
) -> list[ServiceOutcome]:
    """Charge baskets, each for itself, in one call to the journal; outcomes in the same order.

    Posted, Recorded (all of it was free), Refused, Conflict, or ChargeInvalid. A mixed basket is
    booked and counted, or neither. Baskets that visit with the same pass go one after the other.
    Raises BatchContended.
    """
    settled: dict[UUID, tuple[bytes, ServiceOutcome]] = {}
    asked: dict[UUID, ChargeRequest] = {}
    faults = [fault_of(request) for request in requests]
    sound = [one for one, fault in zip(requests, faults, strict=True) if fault is None]
    for request in sound:
        asked.setdefault(request.key, request)
    stored = answers_to(session, asked)
    settled.update(stored)
    for wave in _waves([one for key, one in asked.items() if key not in stored]):
        settled.update(_charge_wave(session, catalogue, wave))
    answered: list[ServiceOutcome] = []
    seen = set(stored)
    for request, fault in zip(requests, faults, strict=True):
        answered.append(fault or _answer(request, settled[request.key], request.key in seen))
        seen.add(request.key)
    return answered


def find_charge(session: Session, key: UUID) -> Charge | None:
    """The charge of this key, also a refused one."""
    row = session.execute(
        select(charge_table, charge_reversal.c.key.label("reversed_by"))
        .outerjoin(charge_reversal, charge_reversal.c.charge == charge_table.c.key)
        .where(charge_table.c.key == key)
    ).one_or_none()
    if row is None:
        return None
    values = {name: getattr(row, name) for name in Charge.__dataclass_fields__}
    lines = tuple(ChargedLine(**{**line, "passes": tuple(line["passes"])}) for line in row.lines)
    return Charge(**{**values, "data": row.data or {}, "lines": lines})


def _charge_wave(
    session: Session, catalogue: PostedCatalogue, wave: Sequence[ChargeRequest]
) -> Mapping[UUID, tuple[bytes, ServiceOutcome]]:
    """Charge baskets of which no two visit with the same pass."""
    kinds = _wallet_kinds(session, wave)
    tenders = _tenders(wave, catalogue, kinds)
    paid = {key: each for key, each in tenders.items() if isinstance(each, Tender)}
    accounts = {each.account for each in paid.values()}
    open_missing(session, {code: _title(code) for code in accounts if "/" in code})
    known = Known(
        catalogue, kinds, _passes_locked(session, wave, accounts), lambda: draw_pass_code(session)
    )
    made = _book_wave(wave, tenders, known)
    booked = {key: one for key, one in made.items() if isinstance(one, Booked)}
    cards = (card for one in booked.values() for card in one.passes)
    open_missing(session, {card.card.account: card.code for card in cards})
    entries = [one.entry for one in booked.values() if one.entry]
    outcomes: dict[UUID, ServiceOutcome] = {one.key: one for one in post(session, entries)}
    for key in sorted(made.keys() - outcomes.keys()):
        beside = made[key]
        unbooked = beside if isinstance(beside, Refused) else Recorded(key)
        outcomes[key] = Conflict(key) if is_key_taken(session, key) else unbooked
    return store(session, wave, outcomes, booked)


def _tenders(
    wave: Sequence[ChargeRequest], catalogue: PostedCatalogue, kinds: Mapping[str, str]
) -> dict[UUID, Tender | Refused]:
    """How each basket is paid, found once for all that are paid alike."""
    tenders: dict[UUID, Tender | Refused] = {}
    alike: dict[object, Tender | Refused] = {}
    for one in wave:
        shape = (one.facility, one.way, one.till, one.terminal, one.wallet, one.shift,
                 one.booked_on)  # fmt: skip
        if shape not in alike:
            alike[shape] = _refusing(one, lambda r: tender_of(r, catalogue, kinds))
        tender = alike[shape]
        tenders[one.key] = replace(tender, key=one.key) if isinstance(tender, Refused) else tender
    return tenders


def _book_wave(
    wave: Sequence[ChargeRequest], tenders: Mapping[UUID, Tender | Refused], known: Known
) -> dict[UUID, Booked | Refused]:
    """Price each basket; the many that are like another one before are priced with that one."""
    made: dict[UUID, Booked | Refused] = {}
    alike, common = dict[object, Booked](), known.catalogue.priced
    for one in wave:
        tender = tenders[one.key]
        if isinstance(tender, Refused):
            made[one.key] = tender
            continue
        shape = (one.facility, one.booked_on, tender, one.lines)
        if like := alike.get(shape) or common.get(shape):
            made[one.key] = book_again(like, one)
            continue
        booked = _refusing(one, partial(book, tender=tender, known=known))
        made[one.key] = booked
        if isinstance(booked, Booked) and not (booked.passes or booked.visits):
            alike[shape] = booked
            if is_common(one):
                remember(common, shape, booked)
    return made


def _refusing(request: ChargeRequest, step: Callable[[ChargeRequest], _T]) -> _T | Refused:
    try:
        return step(request)
    except (BasketRefused, PassRefused, FacilityRefusal) as no:
        return Refused(request.key, no.code, refusal_data(no))


def _waves(requests: Sequence[ChargeRequest]) -> Iterable[list[ChargeRequest]]:
    """All of them at once, but a pass once in each wave: its next visit needs the one before."""
    waves: list[tuple[list[ChargeRequest], set[str]]] = []
    for request in requests:
        codes = {line.pass_code for line in request.lines if line.pass_code}
        last = max((n for n, (_, used) in enumerate(waves, 1) if used & codes), default=0)
        if last == len(waves):
            waves.append(([], set()))
        waves[last][0].append(request)
        waves[last][1].update(codes)
    return [wave for wave, _ in waves]


def _wallet_kinds(session: Session, wave: Iterable[ChargeRequest]) -> Mapping[str, str]:
    codes = {one.wallet for one in wave if one.wallet}
    if not codes:
        return {}
    found = select(wallet.c.code, wallet.c.kind).where(wallet.c.code.in_(codes))
    return {row.code: row.kind for row in session.execute(found)}


def _passes_locked(
    session: Session, wave: Iterable[ChargeRequest], accounts: set[str]
) -> Mapping[str, Pass]:
    """The passes the baskets visit with. All funds of the call are locked at once, in order."""
    codes = {line.pass_code for one in wave for line in one.lines if line.pass_code}
    found = find_passes(session, codes) if codes else {}
    if found:
        lock_funds(session, accounts.union(one.card.account for one in found.values()))
        found = find_passes(session, codes)
    return found


def _title(account: str) -> str:
    return account.partition("/")[2].replace("/", ", ")


def _answer(
    request: ChargeRequest, settled: tuple[bytes, ServiceOutcome], is_repeated: bool
) -> ServiceOutcome:
    first_hash, outcome = settled
    if request.hash_asked() != first_hash:
        return Conflict(request.key)
    if is_repeated and isinstance(outcome, Posted | Refused | Recorded):
        return replace(outcome, replayed=True)
    return outcome
