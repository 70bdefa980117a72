"""The person at the reader: presents a card, types the PIN, walks away, or is told what to do."""

import time
from typing import Any

from terminals.simulators.stripe import bank
from terminals.simulators.stripe.cards import CARDS, Card, with_wrong_pin
from terminals.simulators.stripe.events import emit
from terminals.simulators.stripe.refusals import Refusal
from terminals.simulators.stripe.state import Json, Run, World


def running(world: World, reader_id: str) -> Run:
    """What the reader is busy with. Raises Refusal (400)."""
    run = world.runs.get(reader_id)
    if run is None:
        raise Refusal(400, "There is no payment to present a card for.",
                      code="terminal_reader_hardware_fault")  # fmt: skip
    return run


def look(world: World, reader_id: str) -> None:
    """Someone asks the reader how it is going: a guest with a plan may act just before."""
    run = world.runs.get(reader_id)
    if run is None or run.guest is None:
        return
    run.looks += 1
    guest = run.guest
    is_due = run.looks >= guest.looks and time.monotonic() - run.began >= guest.seconds
    if guest.at != "look" or guest.does == "waits" or not is_due:
        return
    if guest.does == "cancels":
        cancel(world, reader_id)
    elif guest.does == "breaks":
        _end(world, reader_id, failure="terminal_reader_hardware_fault", message="Broken.")
    else:
        _go_on(world, reader_id, run)


def meet(world: World, reader_id: str, at: str) -> None:
    """The moment for a guest who pays while the till cancels."""
    run = world.runs.get(reader_id)
    if run is not None and run.guest is not None and run.guest.at == at:
        present(world, reader_id, CARDS[run.guest.card])


def present(world: World, reader_id: str, card: Card, *, waits_for_pin: bool = False) -> None:
    """Hold a card to the reader; what the bank says is known when this returns, unless the
    reader waits for a PIN. Raises Refusal (400) where nothing is to be paid."""
    run = running(world, reader_id)
    run.card = card
    if card.asks_pin and waits_for_pin:
        run.stage = "pin"
        return
    _finish(world, reader_id, run)


def enter_pin(world: World, reader_id: str, *, is_right: bool = True) -> None:
    """Type a PIN and hear what the bank says. Raises Refusal (400) where none is asked for."""
    run = running(world, reader_id)
    if run.card is None or run.stage != "pin":
        raise Refusal(400, "The reader does not ask for a PIN.")
    run.card = run.card if is_right else with_wrong_pin(run.card)
    _finish(world, reader_id, run)


def cancel(world: World, reader_id: str) -> None:
    """Press the red key. Raises Refusal (400) where nothing is to be paid."""
    running(world, reader_id)
    _end(world, reader_id, failure="customer_canceled", message="The customer canceled.")


def forget(world: World, intent_id: str) -> None:
    """The intent was closed: a reader that still asks for it gives up."""
    for reader_id, run in list(world.runs.items()):
        if run.payment_intent == intent_id:
            _end(world, reader_id, failure="payment_intent_unexpected_state", message="Canceled.")


def _go_on(world: World, reader_id: str, run: Run) -> None:
    assert run.guest is not None
    card = CARDS[run.guest.card]
    run.card = card if run.guest.knows_pin else with_wrong_pin(card)
    if run.guest.is_slow and run.stage == "card":
        run.stage = "pin" if run.card.asks_pin else "bank"
    elif run.guest.is_slow and run.stage == "pin":
        run.stage = "bank"
    else:
        _finish(world, reader_id, run)
    if reader_id in world.runs and run.stage == "bank":
        world.objects[run.payment_intent]["status"] = "processing"


def _finish(world: World, reader_id: str, run: Run) -> None:
    reader, intent = world.objects[reader_id], world.objects[run.payment_intent]
    assert run.card is not None
    if run.card.decline:
        error = bank.decline(world, intent, run, reader)
        _end(world, reader_id, failure=error["code"], message=error["message"], api_error=error)
        return
    bank.approve(world, intent, run, reader)
    reader["action"]["status"] = "succeeded"
    del world.runs[reader_id]
    emit(world, "terminal.reader.action_succeeded", reader)


def _end(
    world: World, reader_id: str, *, failure: str, message: str, api_error: Any = None
) -> None:
    action: Json = world.objects[reader_id]["action"]
    action |= {"status": "failed", "failure_code": failure, "failure_message": message}
    shown = ("type", "code", "message", "decline_code", "doc_url")
    action["api_error"] = api_error and {name: api_error[name] for name in shown}
    del world.runs[reader_id]
    emit(world, "terminal.reader.action_failed", world.objects[reader_id])
