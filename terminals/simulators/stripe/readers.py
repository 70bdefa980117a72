"""Card readers on the counter: what they are doing, and what they are told to do."""

import time

from terminals.simulators.stripe import guests, refunds
from terminals.simulators.stripe.cards import by_number
from terminals.simulators.stripe.events import emit
from terminals.simulators.stripe.refusals import Refusal
from terminals.simulators.stripe.routes import Request, Route, params
from terminals.simulators.stripe.state import Json, Run, World, required, truth


def add(world: World, id_: str, label: str, location: str) -> Json:
    """Put up a reader; it is online and idle."""
    world.objects[id_] = {
        "object": "terminal.reader", "id": id_, "action": None, "device_sw_version": "2.42.0.0",
        "device_type": "stripe_s700", "ip_address": "192.0.2.10", "label": label,
        "last_seen_at": int(time.time() * 1000), "livemode": False, "location": location,
        "metadata": {}, "serial_number": f"SIM-{id_[-6:]}", "status": "online",
    }  # fmt: skip
    return world.objects[id_]


def retrieve(world: World, request: Request) -> Json:
    """One reader as it is; a guest with a plan may act at this moment."""
    reader = _reader(world, request)
    guests.look(world, reader["id"])
    return reader


def list_(world: World, request: Request) -> Json:
    """Readers, newest first."""
    given = request.given
    page = world.listed(
        "terminal.reader", {name: given[name] for name in given if name != "created"},
        location=given.get("location"), status=given.get("status"),
        device_type=given.get("device_type"), serial_number=given.get("serial_number"),
    )  # fmt: skip
    return page | {"url": "/v1/terminal/readers"}


def process_payment_intent(world: World, request: Request) -> Json:
    """Ask for a card; the answer only says that the reader has begun."""
    reader = _ready(world, request)
    intent = world.find("payment_intent", required(request.given, "payment_intent"),
                        "payment_intent")  # fmt: skip
    if intent["status"] != "requires_payment_method":
        raise Refusal(400, f"The PaymentIntent has a status of {intent['status']}.",
                      code="intent_invalid_state")  # fmt: skip
    if "card_present" not in intent["payment_method_types"]:
        raise Refusal(400, "The PaymentIntent does not allow card_present.",
                      code="parameter_invalid", param="payment_intent")  # fmt: skip
    config = request.given.get("process_config") or {}
    switches = {name: truth(config, name) for name in config if name in _SWITCHES}
    begun: Json = {"payment_intent": intent["id"]}
    if switches:
        begun["process_config"] = switches
    reader["action"] = _begun("process_payment_intent", begun)
    world.runs[reader["id"]] = Run(intent["id"], world.next_guest())
    return reader


def cancel_action(world: World, request: Request) -> Json:
    """Stop asking for a card; refused while one is being processed."""
    reader = _reader(world, request)
    run = world.runs.get(reader["id"])
    if run is None:
        return reader
    guests.meet(world, reader["id"], "cancel")
    if run.stage != "card" or reader["id"] not in world.runs:
        raise _busy()
    # Cancelling does not stop a card that is already on its way to the bank.
    guests.meet(world, reader["id"], "after_cancel")
    world.runs.pop(reader["id"], None)
    reader["action"] = None
    return reader


def refund_payment(world: World, request: Request) -> Json:
    """Refund at the reader; nobody has to present a card here."""
    reader = _ready(world, request)
    made = refunds.create(world, request)
    names = ("amount", "charge", "payment_intent", "metadata")
    shown = {"refund": made["id"]} | {name: made[name] for name in names}
    reader["action"] = _begun("refund_payment", shown) | {"status": "succeeded"}
    emit(world, "terminal.reader.action_succeeded", reader)
    return reader


def present_payment_method(world: World, request: Request) -> Json:
    """Stripe's own test help: a card is held to the reader, and the bank answers at once."""
    reader = _reader(world, request)
    card = request.given.get("card_present") or {}
    guests.present(world, reader["id"], by_number(str(card.get("number", ""))))
    return reader


_SWITCHES = ("enable_customer_cancellation", "skip_tipping")


def _reader(world: World, request: Request) -> Json:
    return world.find("terminal.reader", request.ids["reader"], "reader")


def _ready(world: World, request: Request) -> Json:
    reader = _reader(world, request)
    if reader["status"] == "offline":
        raise Refusal(400, "Reader is currently offline, please ensure the reader is powered on and"
                      " connected to the internet.", code="terminal_reader_offline")  # fmt: skip
    if reader["id"] in world.runs:
        raise _busy()
    return reader


def _busy() -> Refusal:
    return Refusal(400, "Reader is currently busy processing another request.",
                   code="terminal_reader_busy")  # fmt: skip


def _begun(kind: str, what: Json) -> Json:
    return {"type": kind, "status": "in_progress", "failure_code": None, "failure_message": None,
            "api_error": None, kind: what}  # fmt: skip


_ONE = "/v1/terminal/readers/{reader}"
ROUTES = (
    Route("readers.list", "GET", "/v1/terminal/readers", list_, params(
        "device_type ending_before limit location serial_number starting_after status"
    )),
    Route("readers.retrieve", "GET", _ONE, retrieve),
    Route("readers.process_payment_intent", "POST", f"{_ONE}/process_payment_intent",
          process_payment_intent, params("payment_intent process_config")),
    Route("readers.cancel_action", "POST", f"{_ONE}/cancel_action", cancel_action),
    Route("readers.refund_payment", "POST", f"{_ONE}/refund_payment", refund_payment, params(
        "amount charge metadata payment_intent refund_payment_config"
    )),
    Route("readers.present_payment_method", "POST",
          "/v1/test_helpers/terminal/readers/{reader}/present_payment_method",
          present_payment_method, params("amount_tip card card_present type")),
)  # fmt: skip
