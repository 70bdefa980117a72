"""The ledger once more, in plain Python: what every operation must answer and leave behind.

Written from the rules, not from the code: of the ledger it knows the values alone (entries and
their outcomes). Slow and simple on purpose; time does not pass in it unless it is told.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from uuid import UUID

from ledger.entries import Conflict, Entry, Outcome, Posted, Refused, Transfer


@dataclass(frozen=True, slots=True)
class Prepaid:
    """An account that may not fall below `floor`; normal: 1 counts credits up, -1 debits."""

    floor: int = 0
    normal: int = 1


@dataclass(slots=True)
class ModelHold:
    """Money set aside. `ended`: captured, voided or expired; None while it lasts."""

    account: str
    cents: int
    is_due: bool = False
    ended: str | None = None
    captured_by: UUID | None = None


@dataclass(frozen=True, slots=True)
class StillHeld:
    """The hold does not give what was asked: `why` is resolved, exceeded; `kind` how it ended."""

    why: str
    kind: str | None = None


@dataclass(slots=True)
class Model:
    """prepaid: by code, in the order the accounts were opened. Ids are 0 until `number` tells."""

    prepaid: dict[str, Prepaid]
    journal: list[Entry] = field(default_factory=list)
    ids: dict[UUID, int] = field(default_factory=dict)
    answers: dict[UUID, tuple[Entry, str | None, dict[str, Any]]] = field(default_factory=dict)
    holds: dict[UUID, ModelHold] = field(default_factory=dict)
    closed: set[date] = field(default_factory=set)
    blocks: list[int] = field(default_factory=list)  # how many entries there are after each

    def post(self, entries: Sequence[Entry], *, linked: bool = False) -> list[Outcome]:
        """The outcome of each entry, in order; linked ones stand or fall together."""
        journal, known = list(self.journal), set(self.answers)
        outcomes = [self._post(entry) for entry in entries]
        why = next(filter(None, map(_failure, outcomes)), None)
        if not (linked and len(entries) > 1 and why):
            return outcomes
        self.journal = journal
        for key in self.answers.keys() - known:
            entry, code, _ = self.answers[key]
            if code is None:
                self.answers[key] = (entry, "linked_refused", {"because": why})
        return [
            Refused(o.key, "linked_refused", {"because": why}, o.replayed)
            if isinstance(o, Posted) and o.key not in known
            else o
            for o in outcomes
        ]

    def number(self, outcome: Outcome, entry_id: int) -> Outcome:
        """`outcome` with the id the books gave to its entry, which the model learns here."""
        if not isinstance(outcome, Posted):
            return outcome
        return replace(outcome, entry_id=self.ids.setdefault(outcome.key, entry_id))

    def capture(self, hold_id: UUID, entry: Entry) -> Outcome | StillHeld:
        """What an entry taking from a hold comes to; refused, it leaves the hold as it is."""
        hold = self.holds[hold_id]
        if hold.ended == "captured" and hold.captured_by == entry.key:
            return self.post([entry])[0]
        if hold.ended or hold.is_due:
            return StillHeld("resolved", hold.ended or "expired")
        if not 0 < -self._change(entry, hold.account) <= hold.cents:
            return StillHeld("exceeded")
        hold.ended = "captured"
        [outcome] = self.post([entry])
        if isinstance(outcome, Posted):
            hold.captured_by = entry.key
        else:
            hold.ended = None
        return outcome

    def void(self, hold_id: UUID) -> StillHeld | None:
        hold = self.holds[hold_id]
        if hold.ended == "voided":
            return None
        if hold.ended or hold.is_due:
            return StillHeld("resolved", hold.ended or "expired")
        hold.ended = "voided"
        return None

    def seal(self) -> bool:
        """Everything so far goes into a block; False when there is nothing new."""
        if len(self.journal) == self.sealed(len(self.blocks)):
            return False
        self.blocks.append(len(self.journal))
        return True

    def sealed(self, blocks: int) -> int:
        """How many entries are in the first so many blocks."""
        return [0, *self.blocks][blocks]

    def available(self, code: str) -> int:
        """Cents that can be spent: nothing that a hold in force keeps."""
        return self.posted(code) - self.held(code) - self.prepaid[code].floor

    def posted(self, code: str) -> int:
        """What stands on a prepaid account, on its normal side."""
        debit, credit = self.totals(code)
        return self.prepaid[code].normal * (credit - debit)

    def held(self, code: str) -> int:
        return sum(
            hold.cents
            for hold in self.holds.values()
            if hold.account == code and not hold.ended and not hold.is_due
        )

    def totals(
        self, code: str, *, as_of: date = date.max, blocks: int | None = None
    ) -> tuple[int, int]:
        """Debits and credits of an account; of a control account, of everything under it.

        as_of: business days up to this one. blocks: only entries in the first so many blocks.
        """
        known = self.journal if blocks is None else self.journal[: self.sealed(blocks)]
        moved = [t for entry in known if entry.booked_on <= as_of for t in entry.transfers]
        return (
            sum(t.amount.cents for t in moved if code in (t.debit, t.debit.split("/")[0])),
            sum(t.amount.cents for t in moved if code in (t.credit, t.credit.split("/")[0])),
        )

    def taken_back(self, one: Entry, key: UUID, booked_on: date) -> Entry:
        """The entry that reverses `one`."""
        mirrored = (Transfer(t.credit, t.debit, t.amount, t.dimensions) for t in one.transfers)
        taken_back = self.ids[one.key]
        asked = f"reverse {taken_back} on {booked_on} ".encode()
        return Entry(
            key, "reversal", booked_on, tuple(mirrored), reverses=taken_back, request=asked
        )

    def _post(self, entry: Entry) -> Outcome:
        if entry.key in self.answers:
            first, code, data = self.answers[entry.key]
            if first != entry:
                return Conflict(entry.key)
            if code is not None:
                return Refused(entry.key, code, data, replayed=True)
            return Posted(entry.key, self.ids.get(entry.key, 0), replayed=True)
        code, data = self._refusal(entry)
        self.answers[entry.key] = (entry, code, data)
        if code is not None:
            return Refused(entry.key, code, data)
        self.journal.append(entry)
        return Posted(entry.key, 0)

    def _refusal(self, entry: Entry) -> tuple[str | None, dict[str, Any]]:
        if entry.booked_on in self.closed:
            return "day_closed", {"day": str(entry.booked_on)}
        for code in self.prepaid:
            available, change = self.available(code), self._change(entry, code)
            if change < 0 and available + change < 0:
                return "balance_too_low", {
                    "account": code,
                    "available_cents": available,
                    "needed_cents": -change,
                }
        if entry.reverses is not None and any(e.reverses == entry.reverses for e in self.journal):
            return "already_reversed", {"entry_id": entry.reverses}
        return None, {}

    def _change(self, entry: Entry, code: str) -> int:
        credits_ = sum(t.amount.cents for t in entry.transfers if t.credit == code)
        debits = sum(t.amount.cents for t in entry.transfers if t.debit == code)
        return self.prepaid[code].normal * (credits_ - debits)


def _failure(outcome: Outcome) -> str | None:
    match outcome:
        case Refused(code=code):
            return code
        case Conflict():
            return "key_conflict"
        case _:
            return None
