"""What a terminal's last transaction proves about an order, case by case; no sockets."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terminals.adapters import Aborted, Approved, Declined, Evidence, Order, Unknown, Verdict
from terminals.adapters.zvt.dialogue import Course
from terminals.adapters.zvt.evidence import at_of
from terminals.adapters.zvt.identity import age, likeness
from terminals.adapters.zvt.protocol.messages import Abort, StatusInformation
from terminals.adapters.zvt.verdict import (
    CANNOT_SAY,
    NOT_PAID,
    Answer,
    Clocks,
    concluded,
    judge,
)
from tests.terminals.zvt.scripted_terminal import AT, BERLIN, an_order, evidence

BEFORE = AT - timedelta(minutes=20)
AFTER = AT + timedelta(seconds=12)
NOW = AT + timedelta(minutes=1)
KNOWN = evidence(11, at=BEFORE)
PAID = "paid"


def answer(
    number: int | str = 12,
    *,
    at: datetime | None = AFTER,
    cents: int | None = 1050,
    result: int = 0,
    original: int | None = None,
    **more: object,
) -> Answer:
    amount = 1050 if cents is None else cents
    said = evidence(number, at=at, amount_cents=amount, **more)
    return Answer(result, said, cents, "" if original is None else f"{original:06d}")


def verdict(
    said: Answer | None,
    *,
    order: Order | None = None,
    known: Evidence | None = KNOWN,
    claim: Evidence | None = None,
    now: datetime = NOW,
) -> Verdict:
    clocks = Clocks(now, timedelta(minutes=5))
    return judge(order or an_order(last_known=known), said, claim=claim, clocks=clocks)


@dataclass(frozen=True)
class Case:
    name: str
    said: Answer | None
    expected: str | Verdict
    known: Evidence | None = KNOWN
    claim: Evidence | None = None
    now: datetime = NOW


CASES = [
    Case("newer, same amount, in time", answer(), PAID),
    Case("the one known before", answer(11, at=BEFORE), NOT_PAID),
    Case("the one known before, with other zeros", answer("11", at=BEFORE), NOT_PAID),
    Case("nothing to repeat", None, CANNOT_SAY),
    Case("newer, another amount", answer(cents=990), CANNOT_SAY),
    Case("newer, no amount", answer(cents=None), CANNOT_SAY),
    Case("newer, before the order", answer(at=AT - timedelta(minutes=6)), CANNOT_SAY),
    Case("newer, long after the order", answer(at=AT + timedelta(minutes=25)), CANNOT_SAY,
         now=AT + timedelta(hours=1)),
    Case("newer, without a time", answer(at=None), CANNOT_SAY),
    Case("no number and no time", answer("", at=None), CANNOT_SAY),
    Case("no number, a time", answer("", receipt="", at=AFTER), PAID),
    Case("masked numbers, a time", answer("******", receipt="****", at=AFTER), PAID),
    Case("masked numbers, the known time", answer("", receipt="", at=BEFORE), NOT_PAID),
    Case("another device", answer(terminal_id="11111111"), CANNOT_SAY),
    Case("a device that does not say which", answer(terminal_id=""), PAID),
    Case("the trace wraps", answer(1), PAID, known=evidence(999_999, at=BEFORE)),
    Case("the receipt wraps", answer("", receipt="0001"), PAID,
         known=evidence("", receipt="9999", at=BEFORE)),
    Case("receipts cut to four digits", answer("", receipt="0012"), PAID,
         known=evidence("", receipt="120011", at=BEFORE)),
    Case("counted anew after an end of day", answer(1), PAID, known=evidence(457, at=BEFORE)),
    Case("the same number by counting anew", answer(11), CANNOT_SAY),
    Case("older than the one known", answer(10, at=BEFORE - timedelta(minutes=9)), NOT_PAID),
    Case("a smaller number without a time", answer(10, at=None), CANNOT_SAY),
    Case("taken back, unseen", answer(13, original=12), NOT_PAID),
    Case("taken back, unseen, another amount", answer(13, original=12, cents=990), CANNOT_SAY),
    Case("taken back: one from before", answer(13, original=9), CANNOT_SAY),
    Case("taken back: the known one", answer(13, original=11), CANNOT_SAY),
    Case("failed, ours", answer(result=5), Declined("bank", "05")),
    Case("failed, stopped", answer(result=0x6C), Aborted("guest", "6C")),
    Case("failed, another amount", answer(result=5, cents=990), CANNOT_SAY),
    Case("failed, a day ago", answer(result=5, at=AT - timedelta(days=1)), NOT_PAID),
    Case("failed, no more said", answer("", at=None, cents=None, result=5), CANNOT_SAY),
    Case("claimed, and repeated", answer(), PAID, claim=evidence(12, at=AFTER)),
    Case("claimed, whatever the clock", answer(at=AT - timedelta(hours=3)), PAID,
         claim=evidence(12, at=AT - timedelta(hours=3))),
    Case("claimed, then taken back", answer(13, original=12), NOT_PAID,
         claim=evidence(12, at=AFTER)),
    Case("claimed, gone: the known one is last", answer(11, at=BEFORE), NOT_PAID,
         claim=evidence(12, at=AFTER)),
    Case("claimed, gone, nothing known", answer(10, at=BEFORE), NOT_PAID, known=None,
         claim=evidence(12, at=AFTER)),
    Case("claimed, then another register", answer(13), CANNOT_SAY, claim=evidence(12, at=AFTER)),
    Case("claimed without a number", answer(), PAID, claim=evidence("", at=None)),
    Case("nothing known, after the order", answer(), PAID, known=None),
    Case("nothing known, just before the order", answer(at=AT - timedelta(seconds=30)),
         CANNOT_SAY, known=None),
    Case("nothing known, yesterday", answer(at=AT - timedelta(days=1)), NOT_PAID, known=None),
    Case("nothing known, a forgotten summer time", answer(at=AT - timedelta(hours=1)),
         CANNOT_SAY, known=None),
    Case("nothing known, no time", answer(at=None), CANNOT_SAY, known=None),
    Case("nothing known, another amount", answer(cents=990), CANNOT_SAY, known=None),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name.replace(" ", "_"))
def test_the_last_transaction_tells_what_became_of_a_payment(case: Case) -> None:
    said = verdict(case.said, known=case.known, claim=case.claim, now=case.now)
    expected = Approved(case.said.evidence) if case.expected == PAID and case.said else None
    assert said == (expected or case.expected)


ORIGINAL = evidence(9, at=BEFORE)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (answer(12, original=9), PAID),
        (answer(12, original=9, cents=None), PAID),
        (answer(12, original=9, cents=500), CANNOT_SAY),  # it took back another amount
        (answer(12, original=7), CANNOT_SAY),  # it took back another payment
        (answer(11, at=BEFORE), NOT_PAID),
        (answer(9, at=BEFORE), NOT_PAID),  # the payment itself is still the last
        (answer(12), PAID),  # newer, same amount, in time; some name no original
        (None, CANNOT_SAY),
        (answer(12, original=9, result=0x19), Declined("bank", "19")),
    ],
)
def test_a_reversal_is_proven_by_its_original(said: Answer | None, expected: str | Verdict) -> None:
    order = an_order("reversal", original=ORIGINAL, last_known=KNOWN)
    heard = verdict(said, order=order)
    assert heard == (Approved(said.evidence) if expected == PAID and said else expected)


def test_a_refund_that_was_taken_back_is_not_paid_out() -> None:
    order = an_order("refund", original=ORIGINAL, last_known=KNOWN)
    assert verdict(answer(13, original=12), order=order) == NOT_PAID
    assert verdict(answer(12), order=order) == Approved(answer(12).evidence)


def test_new_years_eve_does_not_move_a_payment_by_a_year() -> None:
    started = datetime(2026, 12, 31, 23, 59, 50, tzinfo=BERLIN)
    now = datetime(2027, 1, 1, 0, 0, 20, tzinfo=BERLIN)
    heard = StatusInformation(time=AT.time().replace(23, 59, 55), month_day=(12, 31))
    order = an_order(started_at=started.astimezone(UTC), last_known=evidence(11, at=BEFORE))
    said = answer(at=at_of(heard, now))
    assert isinstance(verdict(said, order=order, now=now), Approved)


@pytest.mark.parametrize("minute", [0, 30, 59])
def test_the_hour_that_comes_twice_is_read_as_the_nearer_one(minute: int) -> None:
    for fold in (0, 1):
        started = datetime(2026, 10, 25, 2, minute, tzinfo=BERLIN, fold=fold)
        heard = StatusInformation(time=started.time().replace(fold=0), month_day=(10, 25))
        order = an_order(
            started_at=started.astimezone(UTC),
            last_known=evidence(11, at=datetime(2026, 10, 25, 2, 59, tzinfo=BERLIN)),
        )
        assert isinstance(
            verdict(answer(at=at_of(heard, started)), order=order, now=started), Approved
        )


NUMBERS = st.integers(min_value=1, max_value=999_999)
STEPS = st.integers(min_value=1, max_value=1000)
SECONDS = st.integers(min_value=0, max_value=86_400)


def test_a_time_kept_in_another_zone_is_the_same_time() -> None:
    kept = evidence(11, at=BEFORE.astimezone(UTC))
    assert likeness(answer(11, at=BEFORE).evidence, kept) == "same"
    assert verdict(answer(11, at=BEFORE), known=kept) == NOT_PAID


@given(NUMBERS, STEPS, SECONDS)
def test_a_later_transaction_is_newer_wherever_the_counters_wrap(
    number: int, step: int, seconds: int
) -> None:
    later = (number + step - 1) % 999_999 + 1
    first = evidence(number, at=BEFORE)
    second = evidence(later, at=BEFORE + timedelta(seconds=seconds))
    assert age(second, first) == "newer"
    assert age(first, second) in ("older", "unclear")
    assert likeness(first, second) == "different"
    assert likeness(first, first) == "same"


ANSWERS = st.builds(
    answer,
    NUMBERS,
    cents=st.sampled_from([1050, 990, None]),
    at=st.sampled_from([None, BEFORE, AT, AFTER]),
    original=st.none() | NUMBERS,
    result=st.sampled_from([0, 5, 0x6C]),
)
EVIDENCE = st.none() | st.builds(evidence, NUMBERS)


@given(ANSWERS, EVIDENCE, EVIDENCE)
def test_no_payment_is_ever_proven_by_another_amount_or_a_failure(
    said: Answer, known: Evidence | None, claim: Evidence | None
) -> None:
    heard = verdict(said, known=known, claim=claim)
    if isinstance(heard, Approved):
        assert said.result == 0
        assert said.amount_cents == 1050 or claim is not None
        assert said.original == ""


def course(**heard: object) -> Course:
    return Course(**heard)  # type: ignore[arg-type]


APPROVED, FAILED = StatusInformation(result=0), StatusInformation(result=0x37)
STOPPED = StatusInformation(result=0x6C)


@pytest.mark.parametrize(
    ("heard", "expected"),
    [
        (course(end="completed", status=APPROVED), Approved(KNOWN)),
        (course(end="aborted", code=5, status=APPROVED), Unknown("unreachable", "05")),
        (course(end="lost", status=APPROVED), Unknown("unreachable")),
        (course(end="overtime", status=APPROVED), Unknown("unreachable")),
    ],
)
def test_an_approval_is_proven_by_the_completion_alone(heard: Course, expected: Verdict) -> None:
    assert concluded(heard, KNOWN, guest_seconds=60) == expected


@pytest.mark.parametrize(
    ("heard", "expected"),
    [
        (course(end="completed"), Unknown("unreachable")),
        (course(end="completed", status=FAILED), Declined("wrong_pin", "37")),
        (course(end="aborted", code=5, status=FAILED), Declined("wrong_pin", "37")),
        (course(end="aborted", code=0xF0), Declined("end_of_day_needed", "F0")),
        (course(end="aborted", code=0xFF, abort=Abort(0xFF)), Declined("device", "FF")),
        (course(end="aborted", code=5, was_rejected=True), Unknown("unreachable", "05")),
        (course(end="refused", code=0x83), Declined("device", "83")),
        (course(end="refused", code=0x6C), Declined("device", "6C")),
        (course(end="withdrawn"), Aborted("cashier")),
        (course(end="no_answer"), Unknown("unreachable")),
        (course(end="lost", status=FAILED), Unknown("unreachable")),
        (course(end="aborted", code=0x6C, status=STOPPED), Aborted("guest", "6C")),
        (course(end="aborted", code=0x6C, silence=90.0), Aborted("time", "6C")),
        (course(end="aborted", code=0x6C, was_given_up=True, cancelling="asked"),
         Aborted("time", "6C")),
        (course(end="aborted", code=0x6C, cancelling="taken"), Aborted("cashier", "6C")),
        (course(end="aborted", code=0x6C, cancelling="refused"), Aborted("guest", "6C")),
    ],
)  # fmt: skip
def test_the_end_of_a_command_says_why_no_money_moved(heard: Course, expected: Verdict) -> None:
    assert concluded(heard, None, guest_seconds=60) == expected
