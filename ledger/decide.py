"""Who may post, in the caller's order: pure decisions over what was read under the locks.

The same rules as the database function `post_lines`, for many entries at once; a test holds the
two against each other.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from uuid import UUID

from ledger.accounts import AccountRow
from ledger.entries import Conflict, Entry, Outcome, Posted, Refused


@dataclass(frozen=True, slots=True)
class Request:
    """One entry as it was asked for; `hash` is what a repeated key is compared by."""

    entry: Entry
    hash: bytes


@dataclass(slots=True)
class Funds:
    """A guarded account under lock: cents on its normal side, and how far it may fall."""

    account_id: int
    code: str
    normal: int
    available_cents: int


@dataclass(frozen=True, slots=True)
class Answer:
    """A stored outcome of an earlier request."""

    hash: bytes
    entry_id: int | None
    refused: str | None
    data: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class Situation:
    """What the books say before the batch, read while the locks are held."""

    answers: Mapping[UUID, Answer]
    closed_days: frozenset[date]
    reversed_entries: frozenset[int]
    funds: Mapping[int, Funds]


@dataclass(frozen=True, slots=True)
class Decision:
    """What becomes of a key that had no answer yet: posted, or `refusal`."""

    request: Request
    refusal: Refused | None


def decide(
    requests: Sequence[Request],
    situation: Situation,
    accounts: Mapping[str, AccountRow],
    *,
    all_or_nothing: bool,
) -> Mapping[UUID, Decision]:
    """Decide every key that has no answer yet, in the order of `requests`, each key once.

    Later entries see the funds that accepted earlier ones left. With `all_or_nothing`, one
    refusal or conflict refuses all others as well.
    """
    deciding = _Deciding(situation, accounts)
    for request in requests:
        deciding.consider(request)
    if all_or_nothing and deciding.why_not:
        linked = {"because": deciding.why_not}
        return {
            key: decision
            if decision.refusal
            else Decision(decision.request, Refused(key, "linked_refused", linked))
            for key, decision in deciding.decided.items()
        }
    return deciding.decided


def outcome(
    request: Request,
    situation: Situation,
    decided: Mapping[UUID, Decision],
    posted: Mapping[UUID, int],
) -> Outcome:
    """What to tell the caller of `request`; `posted` holds the new entry ids by key.

    A key that stands twice in one call gets its outcome the second time as a replay.
    """
    key = request.entry.key
    if key in situation.answers:
        return replay(key, situation.answers[key], request.hash)
    decision = decided[key]
    if request.hash != decision.request.hash:
        return Conflict(key)
    again = request is not decision.request
    if decision.refusal:
        return replace(decision.refusal, replayed=again)
    return Posted(key, posted[key], replayed=again)


def replay(key: UUID, known: Answer, request_hash: bytes) -> Outcome:
    """The first answer again for the same content, a conflict for other content."""
    if known.hash != request_hash:
        return Conflict(key)
    if known.refused is not None:
        return Refused(key, known.refused, known.data or {}, replayed=True)
    assert known.entry_id is not None
    return Posted(key, known.entry_id, replayed=True)


@dataclass(slots=True)
class _Deciding:
    situation: Situation
    accounts: Mapping[str, AccountRow]
    decided: dict[UUID, Decision] = field(default_factory=dict)
    reversed_here: set[int] = field(default_factory=set)
    why_not: str | None = None  # the first refusal or conflict, what linked entries fall with

    def consider(self, request: Request) -> None:
        key = request.entry.key
        if key in self.decided:
            if self.decided[key].request.hash != request.hash:
                self.fails("key_conflict")
            return
        known = self.situation.answers.get(key)
        if known is None:
            refusal = self.refusal(request.entry)
            self.decided[key] = Decision(request, refusal)
            if refusal:
                self.fails(refusal.code)
        elif known.hash != request.hash:
            self.fails("key_conflict")
        elif known.refused:
            self.fails(known.refused)

    def fails(self, code: str) -> None:
        self.why_not = self.why_not or code

    def refusal(self, entry: Entry) -> Refused | None:
        if entry.booked_on in self.situation.closed_days:
            return Refused(entry.key, "day_closed", {"day": entry.booked_on.isoformat()})
        changes = _net_changes(entry, self.accounts, self.situation.funds)
        for funds, change in changes:
            if change < 0 and funds.available_cents + change < 0:
                data = {
                    "account": funds.code,
                    "available_cents": funds.available_cents,
                    "needed_cents": -change,
                }
                return Refused(entry.key, "balance_too_low", data)
        if entry.reverses is not None:
            taken = self.situation.reversed_entries | self.reversed_here
            if entry.reverses in taken:
                return Refused(entry.key, "already_reversed", {"entry_id": entry.reverses})
            self.reversed_here.add(entry.reverses)
        for funds, change in changes:
            funds.available_cents += change
        return None


def _net_changes(
    entry: Entry, accounts: Mapping[str, AccountRow], funds: Mapping[int, Funds]
) -> list[tuple[Funds, int]]:
    """Each guarded account the entry moves, by account id, with the change on its normal side."""
    if not funds:
        return []
    net: dict[int, int] = {}
    for moved in entry.transfers:
        for code, cents in ((moved.credit, moved.amount.cents), (moved.debit, -moved.amount.cents)):
            account_id = accounts[code].id
            if account_id in funds:
                net[account_id] = net.get(account_id, 0) + cents
    return [(funds[each], funds[each].normal * net[each]) for each in sorted(net)]
