"""Customers: to whom saved cards and accounts belong."""

from terminals.simulators.stripe.events import emit
from terminals.simulators.stripe.refusals import invalid
from terminals.simulators.stripe.routes import Request, Route, params
from terminals.simulators.stripe.state import Json, World

_METADATA = (50, 40, 500)  # keys, characters of a key, characters of a value
_GIVEN = ("description", "email", "name", "phone")


def metadata_of(given: Json) -> dict[str, str]:
    """The metadata of a call. Raises Refusal (400) where Stripe would not keep it."""
    shown = given.get("metadata") or {}
    most, key, value = _METADATA
    if not isinstance(shown, dict):
        raise invalid("metadata", "Metadata must be a hash.")
    if len(shown) > most:
        raise invalid("metadata", f"Metadata can have up to {most} keys.")
    for name, each in shown.items():
        if len(name) > key or len(str(each)) > value:
            raise invalid(f"metadata[{name}]", "Metadata keys can have up to 40 characters and"
                          " values up to 500.")  # fmt: skip
    return {name: str(each) for name, each in shown.items() if each != ""}


def a_customer(world: World, given: Json) -> Json:
    """A new customer."""
    made = world.put("cus", {
        "object": "customer", "address": None, "balance": 0, "currency": None,
        "default_source": None, "delinquent": False, "discount": None, "livemode": False,
        "invoice_prefix": "SIM0001", "next_invoice_sequence": 1, "shipping": None,
        "invoice_settings": {"custom_fields": None, "default_payment_method": None,
                             "footer": None, "rendering_options": None},
        "metadata": metadata_of(given), "tax_exempt": "none", "test_clock": None,
        "preferred_locales": list(given.get("preferred_locales") or []),
    } | {name: given.get(name) or None for name in _GIVEN})  # fmt: skip
    emit(world, "customer.created", made)
    return made


def create(world: World, request: Request) -> Json:
    """Make a customer."""
    return a_customer(world, request.given)


def retrieve(world: World, request: Request) -> Json:
    """One customer as it is, or that it is deleted."""
    return world.find("customer", request.ids["customer"], "customer")


def update(world: World, request: Request) -> Json:
    """Change what is known; what is not named stays."""
    customer, given = retrieve(world, request), request.given
    changed: Json = {name: given[name] or None for name in _GIVEN if name in given}
    if "metadata" in given:
        changed["metadata"] = customer["metadata"] | metadata_of(given)
    before = {name: customer[name] for name in changed}
    customer |= changed
    emit(world, "customer.updated", customer, before)
    return customer


def delete(world: World, request: Request) -> Json:
    """Forget a customer; what was saved cannot be used again."""
    customer = retrieve(world, request)
    if customer.get("deleted"):
        raise invalid("customer", "No such customer; it was deleted.", "resource_missing")
    emit(world, "customer.deleted", customer)
    world.objects[customer["id"]] = {"id": customer["id"], "object": "customer", "deleted": True}
    for each in list(world.objects.values()):
        if each["object"] == "payment_method" and each["customer"] == customer["id"]:
            each["customer"] = None
    return world.objects[customer["id"]]


def list_(world: World, request: Request) -> Json:
    """Customers, newest first."""
    given = request.given
    page = world.listed(
        "customer", given, only=lambda each: not each.get("deleted"), email=given.get("email")
    )
    return page | {"url": "/v1/customers"}


_TAKES = "description email metadata name phone preferred_locales"
ROUTES = (
    Route("customers.create", "POST", "/v1/customers", create, params(_TAKES)),
    Route("customers.list", "GET", "/v1/customers", list_, params(
        "created email ending_before limit starting_after"
    )),
    Route("customers.retrieve", "GET", "/v1/customers/{customer}", retrieve),
    Route("customers.update", "POST", "/v1/customers/{customer}", update, params(_TAKES)),
    Route("customers.delete", "DELETE", "/v1/customers/{customer}", delete),
)  # fmt: skip
