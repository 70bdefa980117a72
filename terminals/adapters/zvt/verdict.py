"""What a terminal's words prove about an order: pure, no sockets, no clock of its own.

Approved and not approved are said only where they are proven (PA00P015, 2.2.8 and 2.20.2); a
wrong "not paid" would charge a guest twice, a wrong "paid" would give goods away. Else: Unknown.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from terminals.adapters import (
    REASONS,
    Aborted,
    Approved,
    Declined,
    Evidence,
    Order,
    Unknown,
    Verdict,
)
from terminals.adapters.zvt.dialogue import Course
from terminals.adapters.zvt.identity import age, likeness, number_follows, number_is
from terminals.adapters.zvt.protocol.messages import StatusInformation
from terminals.adapters.zvt.protocol.words import ABORTED, reason

CANNOT_SAY = Unknown("cannot_say")
UNREACHABLE = Unknown("unreachable")
# The order never moved money; the guest may be told that the connection failed.
NOT_PAID = Declined("no_connection", "not_paid")

# How long a payment may take from the order to its time stamp, and by how much a clock is wrong
# that nobody looks after: summer time forgotten, and minutes on top.
_PAYMENT_LASTS = timedelta(minutes=15)
_NEGLECTED_CLOCK = timedelta(hours=2)
_CUT_SECONDS = timedelta(seconds=2)  # time stamps have whole seconds


@dataclass(frozen=True, slots=True)
class Answer:
    """What a terminal says was its last transaction. amount_cents: None where it does not say;
    original: the trace it takes back, "" where it is no reversal."""

    result: int
    evidence: Evidence
    amount_cents: int | None
    original: str = ""


@dataclass(frozen=True, slots=True)
class Clocks:
    """now: the till's, aware; wrong: by how much the terminal's may differ from it."""

    now: datetime
    wrong: timedelta


# What one 04 0F of the running command means.


def is_another_transaction(order: Order, status: StatusInformation) -> bool:
    """Approved, but not what was ordered: another amount, or the reversal of another payment, as
    of terminals that reverse the last one whatever they are told."""
    if not status.is_approved:
        return False
    if status.amount_cents not in (None, order.amount_cents):
        return True
    if order.kind != "reversal" or order.original is None or not status.original_trace:
        return False
    known = order.original.number
    return bool(known) and not number_is(str(status.original_trace), known)


def approves(order: Order, status: StatusInformation) -> bool:
    """Whether it says that the order was carried out. An approved reversal inside a payment is
    the terminal taking the payment back."""
    takes_back = order.kind == "payment" and bool(status.original_trace)
    return status.is_approved and not takes_back and not is_another_transaction(order, status)


# What the end of the command proves.


def concluded(course: Course, evidence: Evidence | None, *, guest_seconds: float) -> Verdict:
    """The verdict of a command that was heard to its end, or Unknown.

    evidence: of its last 04 0F, where that approves the order; proven by the completion, which a
    terminal says only after it has heard our answer to it.
    """
    match course.end:
        case "refused":
            return declined(course.code or 0)
        case "withdrawn":
            return Aborted("cashier")
        case "completed" | "aborted":
            return _ended(course, evidence, guest_seconds)
        case _:
            return UNREACHABLE


def declined(code: int) -> Declined:
    """A refusal by its code: a reason for the guest, and the code for support."""
    why = reason(code)
    return Declined(why if why in REASONS else "device", f"{code:02X}")


def _ended(course: Course, evidence: Evidence | None, guest_seconds: float) -> Verdict:
    is_approved = course.end == "completed" and evidence is not None
    if evidence is not None and is_approved and not course.was_rejected:
        return Approved(evidence)
    says_nothing = course.end == "completed" and not (course.status and course.status.result)
    if evidence is not None or course.was_rejected or says_nothing:
        # It takes a payment back, or contradicts itself, or has not said what became of it.
        return Unknown("unreachable", "" if course.code is None else f"{course.code:02X}")
    return _not_taken(course, guest_seconds)


def _not_taken(course: Course, guest_seconds: float) -> Declined | Aborted:
    """Why no money moved: the bank's word in 04 0F says more than the 06 1E behind it."""
    said = course.status.result if course.status and course.status.result else course.code
    code = 0xFF if said is None else said
    if code != ABORTED:
        return declined(code)
    by = "guest"
    if course.was_given_up:
        by = "time"
    elif course.cancelling in ("asked", "taken"):
        by = "cashier"
    elif course.silence >= guest_seconds:
        by = "time"
    return Aborted(by, f"{code:02X}")


# What the last transaction of the terminal proves about an order whose end was not heard.


def judge(
    order: Order, answer: Answer | None, *, claim: Evidence | None, clocks: Clocks
) -> Verdict:
    """The verdict on an order by the terminal's last transaction.

    answer: None where the terminal had nothing to repeat. claim: what the terminal said of this
    very order before the line was lost, if anything.
    """
    if answer is None or _is_other_device(order, answer.evidence, claim):
        return CANNOT_SAY
    said = answer.evidence
    if answer.result != 0:
        return _judge_failure(order, answer, claim, clocks)
    if _is_known(order, said, claim):
        return NOT_PAID
    if answer.original:
        return _judge_reversal(order, answer, claim, clocks)
    return _judge_payment(order, answer, claim, clocks)


def _judge_payment(order: Order, answer: Answer, claim: Evidence | None, clocks: Clocks) -> Verdict:
    """Of a transaction that took money, or gave it, as ordered or by somebody else's order."""
    said, known = answer.evidence, order.last_known
    alike = "unclear" if claim is None else likeness(said, claim)
    if alike != "unclear":
        return Approved(said) if alike == "same" else CANNOT_SAY
    if known is None:
        return _judge_by_time(order, answer, clocks)
    is_newer = age(said, known) == "newer" and likeness(said, known) == "different"
    is_it = answer.amount_cents == order.amount_cents and _is_in_time(order, said, clocks)
    return Approved(said) if is_newer and is_it else CANNOT_SAY


def _is_known(order: Order, said: Evidence, claim: Evidence | None) -> bool:
    """Whether the newest transaction of the terminal is one from before the order, so that the
    order left none; or one from before what it claimed, so that it has taken the claim back."""
    before = [each for each in (order.last_known, order.original) if each is not None]
    if any(likeness(said, each) == "same" for each in before):
        return True
    later = [each for each in (order.last_known, claim) if each is not None]
    return any(likeness(said, each) == "different" and age(said, each) == "older" for each in later)


def _is_other_device(order: Order, said: Evidence, claim: Evidence | None) -> bool:
    known = claim or order.last_known
    if known is None or not known.terminal_id or not said.terminal_id:
        return False
    return known.terminal_id != said.terminal_id


def _judge_reversal(
    order: Order, answer: Answer, claim: Evidence | None, clocks: Clocks
) -> Verdict:
    fits = answer.amount_cents in (None, order.amount_cents)
    if order.kind != "payment" and order.original is not None:
        if number_is(answer.original, order.original.number):
            return Approved(answer.evidence) if fits else CANNOT_SAY
        if order.kind == "reversal":
            return CANNOT_SAY
    if claim is not None and number_is(answer.original, claim.number):
        return NOT_PAID
    known = order.last_known
    is_unseen = known is None or number_follows(answer.original, known.number)
    # The terminal took back a payment that nobody here has seen: ours, whose answer was lost.
    is_ours = is_unseen and claim is None and _is_in_time(order, answer.evidence, clocks)
    return NOT_PAID if is_ours and fits else CANNOT_SAY


def _judge_failure(order: Order, answer: Answer, claim: Evidence | None, clocks: Clocks) -> Verdict:
    """The last thing that happened there failed. Had the order been carried out, that would be
    the last thing, unless another register came after it."""
    said = answer.evidence
    is_claimed = claim is not None and likeness(said, claim) == "same"
    fits = answer.amount_cents == order.amount_cents and _is_in_time(order, said, clocks)
    if not is_claimed and not fits:
        return NOT_PAID if _is_long_before(order, said) else CANNOT_SAY
    if claim is not None and not is_claimed:
        return CANNOT_SAY
    if answer.result == ABORTED:
        return Aborted("guest", f"{ABORTED:02X}")
    return declined(answer.result)


def _judge_by_time(order: Order, answer: Answer, clocks: Clocks) -> Verdict:
    """Of a terminal of which nothing was known before: only its clock can tell."""
    said = answer.evidence
    if _is_long_before(order, said):
        return NOT_PAID
    is_after = said.at is not None and said.at.astimezone(UTC) >= order.started_at - _CUT_SECONDS
    is_it = is_after and answer.amount_cents == order.amount_cents
    return Approved(said) if is_it and _is_in_time(order, said, clocks) else CANNOT_SAY


def _is_in_time(order: Order, said: Evidence, clocks: Clocks) -> bool:
    if said.at is None:
        return False
    latest = min(clocks.now.astimezone(UTC), order.started_at + _PAYMENT_LASTS)
    earliest = order.started_at - _CUT_SECONDS
    return earliest - clocks.wrong <= said.at.astimezone(UTC) <= latest + clocks.wrong


def _is_long_before(order: Order, said: Evidence) -> bool:
    return said.at is not None and said.at.astimezone(UTC) < order.started_at - _NEGLECTED_CLOCK
