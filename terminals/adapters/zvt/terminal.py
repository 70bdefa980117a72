"""A card terminal that speaks ZVT: orders become commands, what is heard becomes verdicts."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from terminals.adapters import (
    Aborted,
    Approved,
    Cancellation,
    Declined,
    Evidence,
    NothingYet,
    NotSettled,
    Order,
    Readiness,
    Recorder,
    Settlement,
    Unknown,
    Verdict,
)
from terminals.adapters.zvt.administration import readiness, settlement
from terminals.adapters.zvt.dialogue import GOODS_NOT_DELIVERED, Course, Ears, Reply
from terminals.adapters.zvt.evidence import evidence_of
from terminals.adapters.zvt.orders import answer_of, command_of
from terminals.adapters.zvt.protocol.messages import (
    Ack,
    EndOfDay,
    Refuse,
    RepeatReceipt,
    StatusEnquiry,
    StatusInformation,
)
from terminals.adapters.zvt.protocol.messages.requests import (
    NO_PRINT,
    PRINT_TEXT_BY_TERMINAL,
    SEND_STATUS,
)
from terminals.adapters.zvt.protocol.words import BUSY
from terminals.adapters.zvt.session import Session, Trouble
from terminals.adapters.zvt.settings import Settings
from terminals.adapters.zvt.slips import slips_of
from terminals.adapters.zvt.verdict import (
    CANNOT_SAY,
    NOT_PAID,
    UNREACHABLE,
    Clocks,
    approves,
    concluded,
    declined,
    is_another_transaction,
    judge,
)
from terminals.adapters.zvt.wire import Wire

_WITHOUT_VERSION = 0x02  # service byte of a status enquiry
_AFTER_WHICH_IT_IS_DEAF = (0xE0, 0xFC)  # an update, a restart


@dataclass(slots=True)
class _Waiting:
    """The order whose end is not known, and what the terminal said of it if anything."""

    order: Order
    claim: Evidence | None = None


class ZvtTerminal:
    """Implements `terminals.adapters.CardTerminal`. clock: the till's, aware."""

    def __init__(
        self, settings: Settings, *, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._session = Session(settings)
        self._waiting: _Waiting | None = None

    def perform(self, order: Order, recorder: Recorder, cancellation: Cancellation) -> Verdict:
        """Carry the order out; Unknown where its end was not heard."""
        verdict = self._perform(order, recorder, cancellation)
        self._hang_up_if_wanted()
        return verdict

    def resolve(self, order: Order, recorder: Recorder) -> Verdict:
        """Ask how the terminal is, then for its last transaction, and judge by that."""
        verdict = self._resolve(order, recorder)
        if not isinstance(verdict, Unknown):
            self._waiting = None
        self._hang_up_if_wanted()
        return verdict

    def settle(self, recorder: Recorder) -> Settlement | NotSettled:
        """Run the end of day; totals that were heard count, whatever becomes of the line then."""
        wire = self._session.wire(recorder, self._late(None))
        if isinstance(wire, Trouble):
            return _not_settled(wire, self._settings)
        command = EndOfDay(self._settings.password)
        course = self._session.run(
            wire, command, Ears(lambda _: Ack(), self._late(None)),
            resends=self._settings.busy_resends,
        )  # fmt: skip
        self._session.hear_late_prints(wire, course, self._late(None))
        if course.completion is not None and course.completion.result in _AFTER_WHICH_IT_IS_DEAF:
            self._session.drop()
        self._hang_up_if_wanted()
        return settlement(course, near=self._now(), busy_codes=self._settings.busy_codes)

    def check(self, recorder: Recorder) -> Readiness:
        """Ask how the terminal is, and when it is ready for its newest transaction."""
        wire = self._session.wire(recorder, self._late(None))
        asked = wire if isinstance(wire, Trouble) else self._enquire(wire)
        found = readiness(asked, busy_codes=self._settings.busy_codes)
        if found.state == "ready" and not isinstance(wire, Trouble):
            found = replace(found, newest=self._newest(wire))
        self._hang_up_if_wanted()
        return found

    def close(self) -> None:
        """Hang up."""
        self._session.drop()

    def _perform(self, order: Order, recorder: Recorder, cancellation: Cancellation) -> Verdict:
        if cancellation.is_set():
            return Aborted("cashier")
        command = command_of(order, self._settings)
        if command is None:
            return Declined("device", "no_receipt")
        late = self._late(None)
        wire = self._session.wire(recorder, late, cancellation)
        if isinstance(wire, Trouble):
            return _not_sent(wire)
        if cancellation.is_set():
            return Aborted("cashier")
        waiting = _Waiting(order)
        course = self._session.run(
            wire, command, Ears(self._live(waiting, recorder), late),
            cancellation=cancellation, resends=self._settings.busy_resends,
        )  # fmt: skip
        self._session.hear_late_prints(wire, course, late)
        verdict = self._concluded(order, course)
        if isinstance(verdict, Unknown):
            self._waiting = waiting
        return verdict

    def _concluded(self, order: Order, course: Course) -> Verdict:
        evidence = None
        if course.status is not None and approves(order, course.status):
            slips = slips_of(course.prints)
            evidence = evidence_of(course.status, order, near=self._now(), slips=slips)
        return concluded(course, evidence, guest_seconds=self._settings.guest_seconds)

    def _resolve(self, order: Order, recorder: Recorder) -> Verdict:
        heard = self._waiting
        claim = heard.claim if heard is not None and heard.order.key == order.key else None
        self._waiting = _Waiting(order, claim or order.claimed)
        late = self._late(recorder)
        wire = self._session.wire(recorder, late)
        if isinstance(wire, Trouble):
            return self._unknown(wire.code)
        course = self._enquire(wire, recorder)
        is_busy = course.completion is not None and course.completion.status == BUSY
        if is_busy or course.code in self._settings.busy_codes:
            return Unknown("busy")
        if course.end not in ("completed", "aborted", "refused"):
            return UNREACHABLE
        return self._judged(order, wire, recorder) if self._settings.repeats_receipt else CANNOT_SAY

    def _newest(self, wire: Wire) -> Evidence | NothingYet | None:
        """Its last transaction; NothingYet where it says that it has none to repeat."""
        if not self._settings.repeats_receipt:
            return None
        command = RepeatReceipt(self._settings.password, service=SEND_STATUS | NO_PRINT)
        course = self._session.run(wire, command, Ears(lambda _: Ack(), self._late(None)))
        if course.end == "aborted":
            return NothingYet()
        if course.end != "completed" or course.status is None or not course.status.is_approved:
            return None
        return evidence_of(course.status, None, near=self._now())

    def _judged(self, order: Order, wire: Wire, recorder: Recorder) -> Verdict:
        command = RepeatReceipt(self._settings.password, service=SEND_STATUS | NO_PRINT)
        ears = Ears(lambda _: Ack(), self._late(recorder))
        course = self._session.run(wire, command, ears, resends=1)
        if course.end == "aborted" and order.had_none and order.claimed is None:
            return NOT_PAID  # it had none before, and has none now
        if course.end != "completed":
            return self._unknown(course.code)
        now = self._now()
        clocks = Clocks(now, timedelta(seconds=self._settings.clock_seconds))
        claim = None if self._waiting is None else self._waiting.claim
        verdict = judge(order, answer_of(order, course, now), claim=claim, clocks=clocks)
        return self._with_slip(verdict, wire, ears) if isinstance(verdict, Approved) else verdict

    def _with_slip(self, approved: Approved, wire: Wire, ears: Ears) -> Approved:
        """The same with its receipt, which the terminal repeats when it is asked for once more.
        Nothing that happens meanwhile changes what is proven already."""
        if not self._settings.config_byte & PRINT_TEXT_BY_TERMINAL:
            return approved
        command = RepeatReceipt(self._settings.password, service=SEND_STATUS)
        slips = slips_of(self._session.run(wire, command, ears).prints)
        must_print = approved.evidence.must_print or slips.must_print
        return Approved(
            replace(
                approved.evidence,
                slip=slips.customer,
                merchant_slip=slips.merchant,
                must_print=must_print,
            )
        )

    def _enquire(self, wire: Wire, recorder: Recorder | None = None) -> Course:
        password = self._settings.enquiry_password or None
        service = None if password is None else _WITHOUT_VERSION
        ears = Ears(lambda _: Ack(), self._late(recorder))
        return self._session.run(wire, StatusEnquiry(password, service=service), ears)

    def _unknown(self, code: int | None) -> Unknown:
        """Why asking brought nothing: no answer, not now, or never."""
        if code is None:
            return UNREACHABLE
        shown = f"{code:02X}"
        return Unknown("busy" if code in self._settings.busy_codes else "cannot_say", shown)

    def _live(self, waiting: _Waiting, recorder: Recorder) -> Callable[[StatusInformation], Reply]:
        """How a 04 0F of the running order is answered: kept first, then accepted."""

        def heard(status: StatusInformation) -> Reply:
            if is_another_transaction(waiting.order, status):
                return Refuse(GOODS_NOT_DELIVERED)
            if approves(waiting.order, status):
                waiting.claim = evidence_of(status, waiting.order, near=self._now())
                recorder.claims(waiting.claim)
            return Ack()

        return heard

    def _late(self, recorder: Recorder | None) -> Callable[[StatusInformation], Reply]:
        """How a 04 0F outside of its command is answered. Of a payment given up for lost it is
        good news while the order still waits; else the terminal has to take it back (84 66).

        recorder: of the waiting order, None where another one's journal is open.
        """

        def heard(status: StatusInformation) -> Reply:
            waiting = self._waiting
            if not status.is_approved:
                return Ack()
            if waiting is None or not approves(waiting.order, status):
                return Refuse(GOODS_NOT_DELIVERED)
            waiting.claim = evidence_of(status, waiting.order, near=self._now())
            if recorder is not None:
                recorder.claims(waiting.claim)
            return Ack()

        return heard

    def _now(self) -> datetime:
        """The till's clock in the zone of the terminal's."""
        return self._clock().astimezone(self._settings.zone)

    def _hang_up_if_wanted(self) -> None:
        if self._settings.connect_per_command:
            self._session.drop()


def _not_sent(trouble: Trouble) -> Declined:
    """Not one byte of the order has left: that no money moved is certain."""
    if trouble.code is None:
        return Declined("no_connection", "not_sent")
    return declined(trouble.code)


def _not_settled(trouble: Trouble, settings: Settings) -> NotSettled:
    if trouble.code is None:
        return NotSettled("unreachable")
    is_busy = trouble.code in settings.busy_codes
    return NotSettled("busy" if is_busy else "not_possible", f"{trouble.code:02X}")
