"""Any sequence of operations keeps every promise, and answers what the model answers."""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from config.postgres import EmbeddedServer
from ledger.entries import Entry, Transfer
from ledger.errors import DayAlreadyClosed, HoldExceeded, HoldResolved
from ledger.holds import capture_hold, expire_holds, void_hold
from ledger.journal import reverse
from ledger.money import Money
from ledger.periods import close_day
from ledger.seal import seal
from ledger.tables.books import block
from tests.bookings import (
    BANK,
    DAYS,
    NOBODY,
    REVENUE,
    WALLETS,
    bookings,
    cents,
    days,
)  # fmt: skip
from tests.checked_books import CheckedBooks
from tests.model import StillHeld

picks = st.integers(0, 10**6)
ways = st.sampled_from(["post", "post_now", "batch"])
KEPT = """
    SELECT coalesce(sum(amount_cents), 0) FROM hold
     WHERE id = ANY (CAST(:due AS uuid[])) AND id NOT IN (SELECT hold_id FROM hold_resolution)"""


class Books(CheckedBooks):
    """What callers of one city's books can do, in any order."""

    @initialize()
    def fund(self) -> None:
        for wallet in WALLETS:
            self.top_up(wallet, 500, DAYS[-1])

    @rule(wallet=st.sampled_from(WALLETS), amount=cents, day=days)
    def top_up(self, wallet: str, amount: int, day: date) -> None:
        moved = Transfer(BANK, wallet, Money(amount))
        self._send([self._keyed(Entry(NOBODY, "top_up", day, (moved,)))], "post")

    @rule(one=bookings, way=ways)
    def book(self, one: Entry, way: str) -> None:
        self._send([self._keyed(one)], way)

    @rule(
        parts=st.lists(
            st.tuples(st.sampled_from(["new", "new", "new", "again", "altered"]), bookings, picks),
            min_size=2, max_size=6,
        ),
        linked=st.booleans(),
    )  # fmt: skip
    def book_many(self, parts: list[tuple[str, Entry, int]], linked: bool) -> None:
        batch: list[Entry] = []
        for kind, one, pick in parts:
            earlier = batch + self.sent
            if kind == "new" or not earlier:
                batch.append(self._keyed(one))
            elif kind == "again":
                batch.append(earlier[pick % len(earlier)])
            else:
                batch.append(replace(one, key=earlier[pick % len(earlier)].key))
        self._send(batch, "batch", linked=linked)

    @precondition(lambda self: self.sent)
    @rule(pick=picks, way=ways)
    def repeat(self, pick: int, way: str) -> None:
        self._send([self._sent(pick)], way)

    @precondition(lambda self: self.sent)
    @rule(pick=picks, other=bookings, way=ways)
    def repeat_with_other_content(self, pick: int, other: Entry, way: str) -> None:
        self._send([replace(other, key=self._sent(pick).key)], way)

    @precondition(lambda self: self.model.journal)
    @rule(pick=picks, day=days, again=st.booleans())
    def take_back(self, pick: int, day: date, again: bool) -> None:
        one = self.model.journal[pick % len(self.model.journal)]
        taken_back = self.model.taken_back(one, self._new_key(), day)
        if again and one.reverses:
            [one] = [e for e in self.model.journal if self.model.ids[e.key] == one.reverses]
            taken_back = next(e for e in self.sent if e.reverses == self.model.ids[one.key])
        self.sent.append(taken_back)
        expected = self.model.post([taken_back])
        with self.database.transaction() as session:
            got = reverse(
                session, self.model.ids[one.key], key=taken_back.key, booked_on=taken_back.booked_on
            )
        self._agree([got], expected, "reversal")

    @rule(wallet=st.sampled_from(WALLETS), amount=cents)
    def hold(self, wallet: str, amount: int) -> None:
        self._hold(wallet, amount, timedelta(hours=1))

    @rule(wallet=st.sampled_from(WALLETS), amount=cents)
    def hold_until_it_is_over(self, wallet: str, amount: int) -> None:
        for wait in (0.05, 0.5, 5):
            try:
                hold_id = self._hold(wallet, amount, timedelta(seconds=wait))
            except IntegrityError:  # so slow a machine that it was over before it began
                continue
            if hold_id:
                with self.database.transaction() as session:
                    session.execute(text("SELECT pg_sleep(:wait)"), {"wait": wait})
                self.model.holds[hold_id].is_due = True
            return

    @rule(pick=picks, amount=cents, day=days, fits=st.booleans(), again=st.booleans())
    def capture(self, pick: int, amount: int, day: date, fits: bool, again: bool) -> None:
        if not self.model.holds and not self._hold(WALLETS[0], amount, timedelta(hours=1)):
            return
        hold_id, held = self._held(pick, in_force=not again)
        taken = Money(min(amount, held.cents) if fits else amount)
        moved = Transfer(held.account, REVENUE, taken)
        meal = self._keyed(Entry(NOBODY, "meal", day, (moved,)))
        if again and held.captured_by:
            meal = self.model.answers[held.captured_by][0]
        expected = self.model.capture(hold_id, meal)
        try:
            with self.database.transaction() as session:
                got = capture_hold(session, hold_id, meal)
        except (HoldResolved, HoldExceeded) as refused:
            self._still_held(refused, expected)
        else:
            assert not isinstance(expected, StillHeld)
            self._agree([got], [expected], "capture")

    @precondition(lambda self: self.model.holds)
    @rule(pick=picks)
    def void(self, pick: int) -> None:
        hold_id, _ = self._held(pick)
        expected = self.model.void(hold_id)
        try:
            with self.database.transaction() as session:
                void_hold(session, hold_id)
        except HoldResolved as refused:
            self._still_held(refused, expected)
        else:
            assert expected is None
            self.seen["voided"] += 1

    @rule()
    def expire(self) -> None:
        if not any(hold.is_due for hold in self.model.holds.values()):
            self.hold_until_it_is_over(WALLETS[0], 1)
        with self.database.transaction() as session:
            due = [str(hold_id) for hold_id, hold in self.model.holds.items() if hold.is_due]
            kept = session.scalar(text(KEPT), {"due": due})
            assert expire_holds(session) == kept
        self.seen["expired"] += bool(due)

    @rule(day=st.sampled_from(DAYS[:3]))
    def close(self, day: date) -> None:
        was_closed = day in self.model.closed
        self.model.closed.add(day)
        try:
            with self.database.transaction() as session:
                close_day(session, day, closed_by="finance")
        except DayAlreadyClosed:
            assert was_closed
        else:
            assert not was_closed
            self.seen["closed"] += 1

    @rule()
    def seal(self) -> None:
        sealed = seal(self.database.engine)
        assert (sealed is not None) == self.model.seal()
        if sealed:
            assert sealed.tree_size == len(self.model.journal)
            with self.database.read_only() as session:
                at = session.scalar(select(block.c.sealed_at).where(block.c.root == sealed.root))
            self.blocks.append((sealed.last_entry, sealed.root, at))
            self.seen["sealed"] += 1


def test_any_sequence_of_operations_keeps_every_promise(
    server: EmbeddedServer, template: str
) -> None:
    seen: Counter[str] = Counter()
    for examples in (20, *(8,) * 9):  # what is drawn differs; go on until it was enough
        run_state_machine_as_test(
            lambda: Books(server, template, seen),
            settings=settings(
                max_examples=examples, stateful_step_count=30, deadline=None, database=None,
                print_blob=True, suppress_health_check=list(HealthCheck),
            ),
        )  # fmt: skip
        rare = {what: seen[what] for what in ENOUGH if seen[what] < ENOUGH[what]}
        if not rare:
            break
    assert rare == {}, seen


# A run that refuses everything keeps every promise as well: this much must have happened.
ENOUGH = {
    "Posted": 150, "Posted again": 20, "Conflict": 10, "balance_too_low": 10, "day_closed": 5,
    "linked_refused": 3, "reversal Posted": 5, "capture Posted": 3,
    "held": 10, "voided": 1, "expired": 1, "closed": 3, "sealed": 5,
}  # fmt: skip
