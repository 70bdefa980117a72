"""A payment at a Stripe reader, from the intent to the verdict."""

import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from terminals.adapters import (
    Aborted,
    Approved,
    Cancellation,
    Declined,
    News,
    Order,
    Unknown,
    Verdict,
)
from terminals.adapters.stripe_terminal import outcomes
from terminals.adapters.stripe_terminal.calls import Calls, Json, Refused, Trouble
from terminals.adapters.stripe_terminal.settings import Settings

_AMOUNTS = ("amount_too_small", "amount_too_large")
_TRIES = 3  # to reach the reader with one intent
_LAST_LOOKS = 20  # at an intent that shall end while its card is being processed
_KEY_LIVES = timedelta(hours=23)  # Stripe forgets an idempotency key after 24


@dataclass(slots=True)
class Payment:
    """One order on its way. has_doubt: a command whose answer we missed may still reach the
    reader; then only a closed intent proves that no money moves."""

    calls: Calls
    order: Order
    settings: Settings
    intent: str = ""
    has_doubt: bool = False
    shown: str = ""


def take(payment: Payment, cancellation: Cancellation) -> Verdict:
    """Have the guest pay."""
    try:
        payment.intent = _created(payment)
    except Trouble as trouble:
        return Declined("no_connection", trouble.code)  # no reader has heard of it
    except Refused as refused:
        return Declined("amount" if refused.code in _AMOUNTS else "device", refused.code)
    try:
        return _begun(payment) or _followed(payment, cancellation)
    except (Refused, Trouble) as unheard:
        return Unknown("unreachable", unheard.code)


def find(payment: Payment) -> Verdict:
    """What became of a payment. What has not ended by now is ended here, before it is called
    unpaid: a card that is presented later then finds a closed intent."""
    try:
        # Who holds the key to another account finds nothing there, and would call it unpaid.
        payment.calls.reader()
        intent = _found(payment)
        if intent is None:
            return Aborted("time", "no_intent")
        payment.intent = intent["id"]
        before = payment.calls.intent(payment.intent)
        ended = _closed(payment, "time")
    except Trouble as trouble:
        return Unknown("unreachable", trouble.code)
    except Refused as refused:
        return Unknown("cannot_say", refused.code)
    if isinstance(ended, Aborted) and before.get("last_payment_error"):
        return outcomes.of_decline(before["last_payment_error"])
    return ended or Unknown("busy")


def _created(payment: Payment) -> str:
    """The id of the intent. Asked twice: the key makes that one intent."""
    try:
        return str(payment.calls.create_intent(payment.order)["id"])
    except Trouble:
        _show(payment, "retrying")
        _pause(payment)
        return str(payment.calls.create_intent(payment.order)["id"])


def _begun(payment: Payment) -> Verdict | None:
    """Get the command to the reader; None where it has it."""
    failed: Verdict = Declined("no_connection", "unreachable")
    for number in range(_TRIES):
        _show(payment, "retrying" if number else "sent")
        try:
            # A new key each time: Stripe would repeat a stored "busy" for ever. One intent is
            # charged once at most, however often it is sent.
            payment.calls.process(payment.intent, f"{payment.order.key}-{uuid4().hex}")
        except Refused as refused:
            if refused.code != "terminal_reader_timeout":
                return _refused(payment, refused.code)
            failed = Declined("no_connection", refused.code)
        except Trouble as trouble:
            failed = Declined("no_connection", trouble.code)
        else:
            return None
        # Whatever went wrong, the reader may have the command nevertheless.
        payment.has_doubt = True
        _pause(payment)
        try:
            if _has_reader(payment):
                return None
        except Trouble:
            return None  # whoever watches the reader copes with a line that is gone
    return _unpaid(payment, failed)


def _refused(payment: Payment, code: str) -> Verdict | None:
    if code == "terminal_reader_busy" and _has_reader(payment):
        return None
    if code == "intent_invalid_state":
        intent = payment.calls.intent(payment.intent)
        return _final(payment, intent)
    reason = "no_connection" if code == "terminal_reader_offline" else "device"
    return _unpaid(payment, Declined(reason, "busy" if code == "terminal_reader_busy" else code))


def _followed(payment: Payment, cancellation: Cancellation) -> Verdict:
    """Watch the reader until the intent has ended, or until someone wants it to end."""
    latest = time.monotonic() + payment.settings.patience_seconds
    while not cancellation.is_set() and time.monotonic() < latest:
        try:
            verdict = _looked(payment)
        except Trouble:
            verdict = None  # the guest may be paying all the same
            _show(payment, "offline")
        if verdict is not None:
            return verdict
        _pause(payment)
    return _ended(payment, "cashier" if cancellation.is_set() else "time")


def _ended(payment: Payment, by: str) -> Verdict:
    """End the intent; wait a little where its card is being processed. Raises Trouble."""
    troubles = 0
    for _ in range(_LAST_LOOKS):
        try:
            verdict = _closed(payment, by)
        except Trouble:
            verdict, troubles = None, troubles + 1
            if troubles == _TRIES:
                raise
        if verdict is not None:
            return verdict
        _pause(payment)
    return Unknown("busy")


def _looked(payment: Payment) -> Verdict | None:
    action = payment.calls.reader().get("action") or {}
    is_ours = _intent_of(action) == payment.intent
    if is_ours and action["status"] == "in_progress":
        inner = action["process_payment_intent"]["payment_intent"]
        waits = not isinstance(inner, dict) or inner.get("status") == "requires_payment_method"
        _show(payment, "card" if waits else "bank")
        return None
    intent = payment.calls.intent(payment.intent)
    ended = _final(payment, intent)
    if ended is not None or intent.get("status") == "processing":
        return ended
    if not is_ours:
        # The reader was restarted, or serves somebody else: nobody will ask for this card again.
        return _unpaid(payment, Declined("device", "action_lost"), sure=False)
    if action["status"] == "succeeded":
        return None  # the intent follows in a moment
    failed = outcomes.of_failed_action(action, intent)
    if isinstance(failed, Aborted):
        return _closed(payment, failed.by)
    _show(payment, "refusing")
    # A reader may give up on a card whose payment goes through; a bank that declines does not.
    return _unpaid(payment, failed, sure=failed.reason != "device")


def _unpaid(payment: Payment, verdict: Verdict, *, sure: bool = True) -> Verdict | None:
    """This verdict, once it is certain that nothing moves any more; None until then. An intent
    that is left open takes the next card of the same order."""
    if sure and not payment.has_doubt:
        return verdict
    ended = _closed(payment, "time")
    return verdict if isinstance(ended, Aborted) else ended


def _closed(payment: Payment, by: str) -> Approved | Aborted | None:
    """End the intent, paid or unpaid; None while a card is being processed."""
    if _has_reader(payment, is_busy=True):
        try:
            payment.calls.cancel_action()
        except Refused:
            _show(payment, "bank")  # a card is being processed: the intent will tell
    ended = _final(payment, payment.calls.intent(payment.intent))
    if ended is not None:
        return ended
    try:
        payment.calls.cancel_intent(payment.intent, outcomes.REASON_OF.get(by))
    except Refused:
        _show(payment, "bank")
    return _final(payment, payment.calls.intent(payment.intent))


def _final(payment: Payment, intent: Json) -> Approved | Aborted | None:
    ended = outcomes.of_intent(intent, payment.settings.reader)
    if isinstance(ended, Approved):
        payment.calls.recorder.claims(ended.evidence)
        _show(payment, "promised")
    return ended


def _has_reader(payment: Payment, *, is_busy: bool = False) -> bool:
    """Whether the reader works, or has just worked, on our intent. An action of another till's
    is none of our business, and never cancelled."""
    try:
        action = payment.calls.reader().get("action") or {}
    except Refused:
        return False  # the reader is gone from the account; its intent can still be asked
    states = ("in_progress",) if is_busy else ("in_progress", "succeeded")
    return _intent_of(action) == payment.intent and action.get("status") in states


def _intent_of(action: Json) -> str:
    inner: Any = (action.get("process_payment_intent") or {}).get("payment_intent")
    return str(inner["id"] if isinstance(inner, dict) else inner or "")


def _found(payment: Payment) -> Json | None:
    """The intent of the order. Asking for it again with the same key finds it whatever the clocks
    say; should it never have been made, it is made now and closed at once."""
    order = payment.order
    if datetime.now(UTC) - order.started_at < _KEY_LIVES:
        with suppress(Refused, Trouble):  # Stripe remembers a failure under a key too
            return payment.calls.create_intent(order)
    day = timedelta(days=1)
    made = payment.calls.intents_between(order.started_at - day, order.started_at + day)
    ours = (each for each in made if (each.get("metadata") or {}).get("order") == str(order.key))
    return next(ours, None)


def _show(payment: Payment, step: str) -> None:
    if payment.shown != step:
        payment.shown = step
        payment.calls.recorder.saw(News(step))


def _pause(payment: Payment) -> None:
    time.sleep(payment.settings.poll_milliseconds / 1000)
