"""Balance transactions: every movement of the account's money, with its fee; and the balance."""

from functools import partial

from terminals.simulators.stripe.events import emit
from terminals.simulators.stripe.routes import Request, Route, params
from terminals.simulators.stripe.state import Json, World

_CARDS = ("card", "card_present")


def transaction(
    world: World, kind: str, category: str, *, source: str, amount: int, fee: int = 0,
    waits: bool = False, words: str | None = None,
) -> Json:  # fmt: skip
    """Book a movement. kind: Stripe's type; category: what reports group by; amount: in cents,
    with sign; waits: it may not be paid out at once."""
    now = int(world.now())
    seconds = world.settings.available_seconds if waits else 0
    made = world.put("txn", {
        "object": "balance_transaction", "amount": amount, "currency": "eur", "type": kind,
        "available_on": now + seconds, "balance_type": "payments", "description": words,
        "exchange_rate": None, "fee": fee, "net": amount - fee, "reporting_category": category,
        "source": source, "status": "pending" if seconds else "available",
        "fee_details": [{
            "amount": fee, "application": None, "currency": "eur", "type": "stripe_fee",
            "description": "Stripe processing fees",
        }] if fee else [],
    })  # fmt: skip
    if seconds:
        world.later(seconds, partial(made.__setitem__, "status", "available"))
    return made


def charged(world: World, charge: Json, capture: str) -> None:
    """A charge was taken: its transaction is there at once, or a little later where the capture
    is asynchronous, and then `charge.updated` says so."""
    if capture == "automatic_async":
        world.later(world.settings.fee_known_seconds, partial(_known, world, charge))
    else:
        _book(world, charge)


def kind_of(charge: Json, kind: str) -> str:
    """Stripe's type of a movement: "charge" and "refund" are words for cards alone."""
    if charge["payment_method_details"]["type"] in _CARDS:
        return kind
    return {"charge": "payment", "refund": "payment_refund"}[kind]


def _known(world: World, charge: Json) -> None:
    if charge["balance_transaction"] is None:
        _book(world, charge)
        emit(world, "charge.updated", charge, {"balance_transaction": None})


def _book(world: World, charge: Json) -> None:
    amount = charge["amount_captured"]
    fee = world.settings.fees[charge["payment_method_details"]["type"]].of(amount)
    made = transaction(world, kind_of(charge, "charge"), "charge", source=charge["id"],
                       amount=amount, fee=fee, waits=True,
                       words=charge["description"])  # fmt: skip
    charge["balance_transaction"] = made["id"]


def settle(world: World) -> None:
    """Book at once what is still being captured."""
    for charge in list(world.objects.values()):
        if charge["object"] == "charge" and charge["status"] == "succeeded" and charge["captured"]:
            _known(world, charge)


def retrieve(world: World, request: Request) -> Json:
    """One balance transaction as it is."""
    return world.find("balance_transaction", request.ids["txn"], "id")


def list_(world: World, request: Request) -> Json:
    """Balance transactions, newest first; those of a payout contain the payout's own."""
    given = request.given
    payout = given.get("payout")
    if payout is not None:
        world.find("payout", payout, "payout")
    page = world.listed(
        "balance_transaction", given,
        only=lambda each: payout is None or world.paid_out.get(each["id"]) == payout,
        type=given.get("type"), source=given.get("source"), currency=given.get("currency"),
    )  # fmt: skip
    return page | {"url": "/v1/balance_transactions"}


def balance(world: World, _: Request) -> Json:
    """What the account holds; the sum of all movements."""
    sums = {"available": 0, "pending": 0}
    for each in world.objects.values():
        if each["object"] == "balance_transaction":
            sums[each["status"]] += each["net"]
    shown = {
        name: [{"amount": amount, "currency": "eur", "source_types": {"card": amount}}]
        for name, amount in sums.items()
    }
    return {"object": "balance", "livemode": False} | shown


ROUTES = (
    Route("balance.retrieve", "GET", "/v1/balance", balance),
    Route("balance_transactions.list", "GET", "/v1/balance_transactions", list_, params(
        "created currency ending_before limit payout source starting_after type"
    )),
    Route("balance_transactions.retrieve", "GET", "/v1/balance_transactions/{txn}", retrieve),
)  # fmt: skip
