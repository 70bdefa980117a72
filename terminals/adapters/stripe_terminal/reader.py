"""A Stripe reader as the till knows it."""

from terminals.adapters import (
    Cancellation,
    Declined,
    NotSettled,
    Order,
    Readiness,
    Recorder,
    Settlement,
    Verdict,
)
from terminals.adapters.stripe_terminal import payments, refunds
from terminals.adapters.stripe_terminal.calls import Calls, Line, Refused, Trouble
from terminals.adapters.stripe_terminal.leases import Leases
from terminals.adapters.stripe_terminal.payments import Payment
from terminals.adapters.stripe_terminal.settings import Settings


class StripeReader:
    """One reader; see `CardTerminal`. Nothing is kept here that a restart would lose."""

    def __init__(self, settings: Settings, leases: Leases) -> None:
        self._settings, self._leases = settings, leases
        self._line = Line.to(settings)

    def perform(self, order: Order, recorder: Recorder, cancellation: Cancellation) -> Verdict:
        """Have the guest pay, or give money back. A cashier who cancels after the card was taken
        gets Approved: the till decides about taking it back."""
        if order.kind != "payment":
            return refunds.give_back(self._calls(recorder), order)
        with self._leases.taking(self._settings.address, self._settings.reader) as is_mine:
            if not is_mine:
                return Declined("device", "busy")
            return payments.take(self._payment(order, recorder), cancellation)

    def resolve(self, order: Order, recorder: Recorder) -> Verdict:
        """Ask Stripe what became of it; a payment that is still open is closed first."""
        if order.kind != "payment":
            return refunds.find(self._calls(recorder), order)
        return payments.find(self._payment(order, recorder))

    def settle(self, recorder: Recorder) -> Settlement | NotSettled:  # noqa: ARG002
        """Not possible: Stripe's readers keep no batch. Money is paid out for a whole account by
        UTC days, and its API cannot list payments by reader; the reconciliation compares them
        one by one instead."""
        return NotSettled("not_possible")

    def check(self, recorder: Recorder) -> Readiness:
        """Ask Stripe whether the reader is there and idle."""
        try:
            reader = self._calls(recorder).reader()
        except Trouble as trouble:
            return Readiness("unreachable", trouble.code)
        except Refused as refused:
            return Readiness("out_of_order", refused.code)
        wanted = self._settings.location
        if reader.get("deleted") or (wanted and reader.get("location") != wanted):
            return Readiness("out_of_order", f"reader at {reader.get('location') or 'no place'}")
        if reader.get("status") != "online":
            return Readiness("unreachable", str(reader.get("status")))
        action = reader.get("action") or {}
        if action.get("status") == "in_progress":
            return Readiness("busy", str(action.get("type")))
        return Readiness("ready", str(reader.get("label") or ""))

    def close(self) -> None:
        """Hang up."""
        self._line.close()

    def _calls(self, recorder: Recorder) -> Calls:
        return Calls(self._line, self._settings.reader, recorder)

    def _payment(self, order: Order, recorder: Recorder) -> Payment:
        return Payment(self._calls(recorder), order, self._settings)
