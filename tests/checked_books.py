"""A state machine over real books and the model of them: every answer and every promise checked."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from hypothesis.stateful import RuleBasedStateMachine, invariant
from sqlalchemy import select

from config.postgres import EmbeddedServer
from ledger.balances import balance, trial_balance
from ledger.entries import Conflict, Entry, Outcome, Refused
from ledger.errors import HoldExceeded, HoldResolved
from ledger.holds import Hold, NotPlaced, Placed, place_hold
from ledger.journal import post, post_now
from ledger.money import Money
from ledger.queries import journal
from ledger.tables.books import block
from tests import promises
from tests.bookings import DAYS, EURO, FRANKEN, PREPAID, WALLETS, open_all
from tests.conftest import cloned_database
from tests.model import Model, ModelHold, StillHeld


class CheckedBooks(RuleBasedStateMachine):
    """Fresh books and the model beside them; `seen` counts what happened in all runs."""

    def __init__(self, server: EmbeddedServer, template: str, seen: Counter[str]) -> None:
        super().__init__()
        self.clone = cloned_database(server, template)
        self.database = self.clone.__enter__()
        self.seen = seen
        self.sent: list[Entry] = []
        self.keys = 0
        self.blocks: list[tuple[int, bytes, datetime]] = []  # last entry, root, sealed_at by block
        with self.database.transaction() as session:
            open_all(session)
        self.model = Model(PREPAID)

    def teardown(self) -> None:
        self.clone.__exit__()

    @invariant()
    def balances_are_the_model_s(self) -> None:
        cuts: list[tuple[dict[str, Any], dict[str, Any]]] = [({}, {})]
        cuts += [({"as_of": day}, {"as_of": day}) for day in DAYS[:2]]
        for number, (_, _, at) in list(enumerate(self.blocks, start=1))[:2]:
            cuts.append(({"known_at": at}, {"blocks": number}))
            cuts.append(({"known_at": at, "as_of": DAYS[0]}, {"blocks": number, "as_of": DAYS[0]}))
        with self.database.read_only() as session:
            for asked, known in cuts:
                lines = trial_balance(session, sub_ledgers=True, **asked)
                got = {line.code: line.balance for line in lines}
                for code in (*EURO, *FRANKEN):
                    found = got.get(code)
                    totals = (found.debit_cents, found.credit_cents) if found else (0, 0)
                    assert totals == self.model.totals(code, **known), (code, asked)
                for codes in (EURO, FRANKEN):
                    sides = [got[code].debit_balance_cents for code in codes if code in got]
                    assert sum(sides) == 0
            asked, known = cuts[-1]
            for code in (WALLETS[1], "371010"):
                found = balance(session, code, **asked)
                assert (found.debit_cents, found.credit_cents) == self.model.totals(code, **known)

    @invariant()
    def guards_and_blocks_are_the_model_s(self) -> None:
        with self.database.read_only() as session:
            promises.keep_all(session)
            for row in promises.guards_agree(session):
                assert row.posted == self.model.posted(row.code)
                assert row.held - row.overdue == self.model.held(row.code)
                assert row.floor == self.model.prepaid[row.code].floor
            blocks = session.execute(
                select(block.c.last_entry, block.c.root, block.c.sealed_at).order_by(block.c.number)
            ).all()
        assert blocks == self.blocks

    @invariant()
    def the_journal_reads_back_what_was_asked(self) -> None:
        with self.database.read_only() as session:
            read = journal(session, limit=10_000).entries
        for found, one in zip(read, self.model.journal, strict=True):
            assert (found.key, found.event, found.booked_on) == (one.key, one.event, one.booked_on)
            assert (found.id, found.reverses) == (self.model.ids[one.key], one.reverses)
            assert [(t.debit, t.credit, Money(t.amount_cents, t.currency))
                    for t in found.transfers] == [(t.debit, t.credit, t.amount)
                                                  for t in one.transfers]  # fmt: skip

    def _send(self, entries: list[Entry], way: str, *, linked: bool = False) -> None:
        expected = self.model.post(entries, linked=linked)
        if way == "post_now":
            got = [post_now(self.database.engine, one) for one in entries]
        else:
            with self.database.transaction() as session:
                if way == "post":
                    got = post(session, entries, all_or_nothing=linked)
                else:
                    if len(entries) == 1:  # twice the same takes it through the batch
                        entries = entries * 2
                        expected += self.model.post(entries[1:])
                    got = post(session, entries, all_or_nothing=linked)
        self._agree(got, expected, way)

    def _agree(self, got: list[Outcome], expected: list[Outcome], way: str) -> None:
        expected = [
            self.model.number(wanted, getattr(found, "entry_id", 0))
            for wanted, found in zip(expected, got, strict=True)
        ]
        assert got == expected
        for each in got:
            kind = each.code if isinstance(each, Refused) else type(each).__name__
            again = not isinstance(each, Conflict) and each.replayed
            self.seen[f"{way} {kind}{' again' * again}"] += 1
            self.seen[f"{kind}{' again' * again}"] += 1

    def _hold(self, wallet: str, amount: int, lasts: timedelta) -> UUID | None:
        wanted = Hold(self._new_key(), wallet, Money(amount), datetime.now(UTC) + lasts, "meal")
        available = self.model.available(wallet)
        with self.database.transaction() as session:
            got = place_hold(session, wanted)
        if available < amount:
            assert got == NotPlaced(wanted.id, available, amount)
            return None
        assert got == Placed(wanted.id)
        self.model.holds[wanted.id] = ModelHold(wallet, amount)
        with self.database.transaction() as session:
            assert place_hold(session, wanted) == Placed(wanted.id, replayed=True)
            other = replace(wanted, purpose="other")
            assert place_hold(session, other) == Conflict(wanted.id)
        self.seen["held"] += 1
        return wanted.id

    def _still_held(self, refused: HoldResolved | HoldExceeded, expected: object) -> None:
        kind = getattr(refused, "kind", None)
        assert expected == StillHeld("resolved" if kind else "exceeded", kind)

    def _held(self, pick: int, *, in_force: bool = False) -> tuple[UUID, ModelHold]:
        """One of the holds; `in_force`: one of those that can still be captured, if there are."""
        holds = list(self.model.holds.items())
        useful = [each for each in holds if not (each[1].ended or each[1].is_due)]
        among = useful if in_force and useful else holds
        return among[pick % len(among)]

    def _keyed(self, one: Entry) -> Entry:
        keyed = replace(one, key=self._new_key())
        self.sent.append(keyed)
        return keyed

    def _new_key(self) -> UUID:
        self.keys += 1
        return UUID(int=self.keys)

    def _sent(self, pick: int) -> Entry:
        return self.sent[pick % len(self.sent)]
