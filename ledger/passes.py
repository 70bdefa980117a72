"""Passes after their sale: visits, days of season cards, returns and expiry; each exactly once.

A refusal of the pass itself is not stored: it never gains a visit and a day never comes back, so
asking again gets the same answer. Whoever looks at a pass to change it locks its account first.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from uuid import UUID, uuid5

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from ledger.calendar import business_day
from ledger.cards import (
    Pass,
    PassRefused,
    Visit,
    find_passes,
    is_season,
    store_releases,
    store_visits,
    visit_now,
)
from ledger.catalogue.posted import PostedCatalogue, posted_catalogue
from ledger.entries import Conflict, Dimensions, Entry, Outcome, Posted, Refused
from ledger.facilities import CardRules, FacilityRefusal
from ledger.facilities.pool.season import days_due
from ledger.journal import post
from ledger.outcomes import Recorded, refusal_data
from ledger.queries import entry_of_key
from ledger.rules import Posting
from ledger.sub_accounts import lock_funds
from ledger.tables.services import pass_end, pass_visit, sold_pass

_KEYS = UUID("3f2f5a52-8b0f-5e0c-8c36-0e6f0f3a9d10")
"""Names the keys of entries that no one asks for: days passing and expiry."""


def find_pass(session: Session, code: str) -> Pass | None:
    """The pass of this code as it stands now."""
    return find_passes(session, [code]).get(code)


def visit(
    session: Session, pass_code: str, *, key: UUID, facility: str, at: datetime
) -> Outcome | Recorded:
    """Open the gate of `facility` at `at` (aware): visit n releases share n, once.

    A visit with a season card books nothing. Refused: pass_unknown, facility_unknown, what
    `visit_now` raises, and what the journal refuses (day_closed), which alone is stored.
    """
    catalogue = posted_catalogue(session)
    house, found = catalogue.facilities.get(facility), find_pass(session, pass_code)
    if house is None:
        return Refused(key, "facility_unknown", {"facility": facility})
    if found is None:
        return Refused(key, "pass_unknown", {"pass_code": pass_code})
    lock_funds(session, [found.card.account])
    if known := _known_visit(session, key, found, (facility, at)):
        return known
    found = find_passes(session, [pass_code])[pass_code]
    try:
        wanted = visit_now(catalogue, found, house, at)
    except (PassRefused, FacilityRefusal) as no:
        return Refused(key, no.code, refusal_data(no))
    return _enter(session, catalogue, wanted, key)


def take_back(session: Session, pass_code: str, *, key: UUID, booked_on: date) -> Outcome:
    """Return a pass: unused visits are paid back with their tax, into repayments on their way.

    Refused: pass_unknown, pass_ended, card_used_up, not_returnable, and the journal's refusals.
    """
    catalogue = posted_catalogue(session)
    found = find_pass(session, pass_code)
    if found is None:
        return Refused(key, "pass_unknown", {"pass_code": pass_code})
    lock_funds(session, [found.card.account])
    found = find_passes(session, [pass_code])[pass_code]
    if found.ended:
        return _ended_before(session, found, key, booked_on)
    try:
        posting = _rules(catalogue, found).take_back(found.card, _at(catalogue, found))
    except FacilityRefusal as no:
        return Refused(key, no.code, refusal_data(no))
    outcome = post(session, [_entry(catalogue, key, posting, booked_on)])[0]
    if isinstance(outcome, Posted):
        _end(session, [found], "returned", booked_on, {found.code: key})
    return outcome


def expire_passes(session: Session, today: date) -> list[Outcome]:
    """End every pass whose last day is before `today`; what is left becomes other income.

    A season card waits until all its days are released. Safe to run again and to die half-way.
    """
    catalogue = posted_catalogue(session)
    due = _lapsed(session, catalogue, today)
    keys = {code: uuid5(_KEYS, f"expired/{code}/{today}") for code in due}

    def expiry(found: Pass) -> Posting | None:
        if not found.card.left:
            return None
        return _rules(catalogue, found).expire(found.card, _at(catalogue, found))

    outcomes = _post_each(session, catalogue, due.values(), keys, (today, expiry))
    refused = {outcome.key for outcome in outcomes if not isinstance(outcome, Posted)}
    done = [found for code, found in due.items() if keys[code] not in refused]
    _end(session, done, "expired", today, keys)
    return outcomes


def release_season_days(session: Session, day: date) -> list[Outcome]:
    """Release the days of every season card up to the close of `day`; a missed night is made up.

    Safe to run again: a card says how many of its days are done.
    """
    catalogue = posted_catalogue(session)
    running = _running(session, catalogue, day)
    due = {code: days_due(found.valid_from, found.card, day) for code, found in running.items()}
    due = {code: units for code, units in due.items() if units}
    keys = {code: uuid5(_KEYS, f"days/{code}/{day}") for code in due}

    def days(found: Pass) -> Posting:
        at = replace(_at(catalogue, found), channel="pass")
        return _rules(catalogue, found).release(found.card, at, due[found.code])

    passes = [running[code] for code in due]
    outcomes = _post_each(session, catalogue, passes, keys, (day, days))
    booked = {each.key for each in outcomes if isinstance(each, Posted) and not each.replayed}
    store_releases(
        session,
        [(one, keys[one.code], due[one.code]) for one in passes if keys[one.code] in booked],
    )
    return outcomes


def _known_visit(
    session: Session, key: UUID, found: Pass, where: tuple[str, datetime]
) -> Outcome | Recorded | None:
    """The answer to a visit that was made before under this key."""
    rows = session.execute(select(pass_visit).where(pass_visit.c.key == key)).all()
    entry_id = entry_of_key(session, key)
    if not rows:
        return Conflict(key) if entry_id is not None else None
    same = (rows[0][0], rows[0].facility, rows[0].visited_at) == (found.code, *where)
    if not same or len(rows) > 1:
        return Conflict(key)
    return Recorded(key, True) if entry_id is None else Posted(key, entry_id, replayed=True)


def _enter(
    session: Session, catalogue: PostedCatalogue, wanted: Visit, key: UUID
) -> Outcome | Recorded:
    if wanted.posting is None:
        store_visits(session, [(key, wanted)])
        return Recorded(key)
    # Not the share but what was asked for: a refused day must answer the same at visit n + 1.
    asked = f"visit/{wanted.visited.code}/{wanted.facility}/{wanted.visited_at.isoformat()}"
    one = _entry(catalogue, key, wanted.posting, business_day(wanted.visited_at))
    outcome = post(session, [replace(one, request=asked.encode())])[0]
    if isinstance(outcome, Posted) and not outcome.replayed:
        store_visits(session, [(key, wanted)])
    return outcome


def _ended_before(session: Session, found: Pass, key: UUID, booked_on: date) -> Outcome:
    ended = session.execute(select(pass_end).where(pass_end.c["pass"] == found.code)).one()
    entry_id = entry_of_key(session, key)
    if ended.key == key and entry_id is not None:
        return Posted(key, entry_id, True) if ended.day == booked_on else Conflict(key)
    return Refused(key, "pass_ended", {"pass_code": found.code, "how": ended.kind})


def _post_each(
    session: Session,
    catalogue: PostedCatalogue,
    passes: Iterable[Pass],
    keys: Mapping[str, UUID],
    booking: tuple[date, Callable[[Pass], Posting | None]],
) -> list[Outcome]:
    day, posting_of = booking
    postings = {found.code: posting_of(found) for found in passes}
    return post(
        session,
        [
            _entry(catalogue, keys[code], posting, day)
            for code, posting in postings.items()
            if posting is not None
        ],
    )


def _lapsed(session: Session, catalogue: PostedCatalogue, today: date) -> dict[str, Pass]:
    found = _locked(session, _open_passes(session, valid_before=today))
    return {
        code: one
        for code, one in found.items()
        if not (is_season(catalogue.products[one.product]) and one.card.left)
    }


def _running(session: Session, catalogue: PostedCatalogue, day: date) -> dict[str, Pass]:
    season = [code for code, product in catalogue.products.items() if is_season(product)]
    found = _open_passes(session, products=season, from_day=day)
    return _locked(session, found)


def _open_passes(
    session: Session,
    *,
    valid_before: date | None = None,
    products: Sequence[str] = (),
    from_day: date | None = None,
) -> list[str]:
    ended = select(pass_end.c["pass"])
    wanted = select(sold_pass.c.code).where(sold_pass.c.code.not_in(ended))
    if valid_before is not None:
        wanted = wanted.where(sold_pass.c.valid_until < valid_before)
    if from_day is not None:
        wanted = wanted.where(sold_pass.c.product.in_(products))
        wanted = wanted.where(sold_pass.c.valid_from <= from_day)
    return list(session.scalars(wanted.order_by(sold_pass.c.code)))


def _locked(session: Session, codes: Sequence[str]) -> dict[str, Pass]:
    """These passes, their accounts locked, those that ended meanwhile left out."""
    accounts = session.scalars(select(sold_pass.c.account).where(sold_pass.c.code.in_(codes)))
    lock_funds(session, accounts.all())
    return {code: one for code, one in find_passes(session, codes).items() if not one.ended}


def _end(
    session: Session, passes: Sequence[Pass], kind: str, day: date, keys: Mapping[str, UUID]
) -> None:
    rows = [
        {"pass": found.code, "kind": kind, "key": keys[found.code], "day": day} for found in passes
    ]
    if rows:
        session.execute(insert(pass_end), rows)


def _rules(catalogue: PostedCatalogue, found: Pass) -> CardRules:
    product = catalogue.products[found.product]
    return catalogue.types[product.facility_kind].cards[product.kind]


def _at(catalogue: PostedCatalogue, found: Pass) -> Dimensions:
    """The dimensions of what happens to a pass without anybody at a gate: where it was sold."""
    house = catalogue.facilities.get(found.at.facility or "")
    return replace(found.at, cost_centre=house.cost_centre if house else None)


def _entry(catalogue: PostedCatalogue, key: UUID, posting: Posting, day: date) -> Entry:
    return Entry(key, posting.event, day, catalogue.rulebook.book([posting]))
