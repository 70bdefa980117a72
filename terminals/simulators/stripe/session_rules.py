"""What Stripe refuses before there is a checkout session."""

from typing import Any
from urllib.parse import urlsplit

from terminals.simulators.stripe.refusals import Refusal, invalid
from terminals.simulators.stripe.routes import params
from terminals.simulators.stripe.settings import DAY
from terminals.simulators.stripe.state import Json, World, required, whole

WAYS = ("card", "sepa_debit")
_LOCALES = params(
    "auto bg cs da de el en en-GB es es-419 et fi fil fr fr-CA hr hu id it ja ko lt lv ms mt nb nl"
    " pl pt pt-BR ro ru sk sl sv th tr vi zh zh-HK zh-TW"
)
_INTENT = params(
    "capture_method description metadata receipt_email setup_future_usage statement_descriptor"
    " statement_descriptor_suffix"
)
_SETUP = params("description metadata")
_LINE = params("price_data quantity")
_PRICE = params("currency product_data unit_amount tax_behavior")
_PRODUCT = params("name description metadata images")
_LEAST, _MOST, _MOST_SEPA = 50, 99_999_999, 1_000_000  # cents
_SHORTEST, _LONGEST = 30 * 60, DAY  # seconds a session may live


def check_addresses(given: Json) -> None:
    """Where the payer goes afterwards. Raises Refusal (400)."""
    for name in ("success_url", "cancel_url"):
        url = required(given, name) if name == "success_url" else given.get(name)
        if url is None:
            continue
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.netloc or len(url) > 5_000:
            raise invalid(name, "Not a valid URL", "url_invalid")


def check_words(given: Json) -> None:
    """Mode, language and reference. Raises Refusal (400)."""
    if given.get("mode") not in ("payment", "setup"):
        raise invalid("mode", "Invalid mode: must be one of payment, setup, or subscription; this"
                      " simulation has no subscriptions.")  # fmt: skip
    if given.get("ui_mode", "hosted_page") != "hosted_page":
        raise invalid("ui_mode", f"Invalid ui_mode: {given['ui_mode']}")
    if given.get("locale", "auto") not in _LOCALES:
        raise invalid("locale", f"Invalid locale: {given['locale']}")
    if len(given.get("client_reference_id") or "") > 200:
        raise invalid("client_reference_id", "At most 200 characters.", "parameter_invalid_string")
    if given.get("customer") and given.get("customer_email"):
        raise invalid("customer_email", "You may only specify one of these parameters: customer,"
                      " customer_email.", "")  # fmt: skip
    if given.get("customer") and given.get("customer_creation"):
        raise invalid("customer_creation", "You may only specify one of these parameters: customer,"
                      " customer_creation.", "")  # fmt: skip
    creation = given.get("customer_creation", "if_required")
    if creation not in ("always", "if_required"):
        raise invalid("customer_creation", f"Invalid customer_creation: {creation}")


def check_parts(given: Json) -> None:
    """The data of the intent. Raises Refusal (400) for names nobody knows, as Stripe does."""
    _known("payment_intent_data", given.get("payment_intent_data"), _INTENT)
    _known("setup_intent_data", given.get("setup_intent_data"), _SETUP)
    data = given.get("payment_intent_data") or {}
    wrong = "setup_intent_data" if given["mode"] == "payment" else "payment_intent_data"
    if given.get(wrong):
        raise invalid(wrong, f"You can not pass `{wrong}` in `{given['mode']}` mode.", "")
    name = "payment_intent_data[setup_future_usage]"
    if data.get("setup_future_usage") not in (None, "off_session", "on_session"):
        raise invalid(name, "Invalid setup_future_usage.")
    if data.get("statement_descriptor"):
        raise invalid("payment_intent_data[statement_descriptor]", "statement_descriptor is not"
                      " supported for card payments; use statement_descriptor_suffix.")  # fmt: skip
    suffix = data.get("statement_descriptor_suffix") or ""
    if len(suffix) > 22 or set(suffix) & set("<>\\'\"*"):
        raise invalid("payment_intent_data[statement_descriptor_suffix]", "Invalid suffix.")


def ways_of(given: Json) -> list[str]:
    """How may be paid; both of ours where nothing is said. Raises Refusal (400)."""
    ways = given.get("allowed_payment_method_types")
    if ways is None:
        shut = given.get("excluded_payment_method_types") or []
        ways = [way for way in WAYS if way not in shut]
    unknown = [way for way in ways if way not in WAYS]
    if unknown:
        raise invalid("allowed_payment_method_types", f"The payment method type {unknown[0]} is not"
                      " activated for this account.")  # fmt: skip
    if not ways:
        raise invalid("allowed_payment_method_types", "No valid payment method types.")
    return list(ways)


def lines_of(given: Json, ways: list[str]) -> list[Json]:
    """What is sold, each with `title`, `unit_amount` and `quantity`. Raises Refusal (400)."""
    shown = given.get("line_items")
    if given["mode"] == "setup":
        if shown:
            raise invalid("line_items", "You can not pass `line_items` in `setup` mode.", "")
        return []
    if not isinstance(shown, list) or not shown:
        raise invalid("line_items", "Missing required param: line_items.", "parameter_missing")
    lines = [_line(f"line_items[{place}]", each) for place, each in enumerate(shown)]
    total = sum(line["unit_amount"] * line["quantity"] for line in lines)
    if total < _LEAST:
        raise invalid("line_items", "The Checkout Session's total amount must convert to at least"
                      " 50 cents.", "amount_too_small")  # fmt: skip
    if total > (_MOST_SEPA if ways == ["sepa_debit"] else _MOST):
        raise invalid("line_items", "The total amount is too large.", "amount_too_large")
    return lines


def end_of(world: World, given: Json) -> int:
    """When the session runs out. Raises Refusal (400) below 30 minutes and above 24 hours."""
    now = int(world.now())
    end = whole(given, "expires_at", now + _LONGEST)
    if end < now + _SHORTEST:
        raise invalid("expires_at", "The `expires_at` timestamp must be at least 30 minutes from"
                      " Checkout Session creation.", "")  # fmt: skip
    if end > now + _LONGEST:
        raise invalid("expires_at", "The `expires_at` timestamp must be less than 24 hours from"
                      " Checkout Session creation.", "")  # fmt: skip
    return end


def _line(name: str, given: Any) -> Json:
    _known(name, given, _LINE)
    price = given.get("price_data")
    if not price:
        raise invalid(name, "This simulation keeps no prices: price_data is needed.",
                      "parameter_missing")  # fmt: skip
    _known(f"{name}[price_data]", price, _PRICE)
    product = price.get("product_data") or {}
    _known(f"{name}[price_data][product_data]", product, _PRODUCT)
    if required(price, "currency") != "eur":
        raise invalid(f"{name}[price_data][currency]", "This simulation takes eur.")
    amount, quantity = whole(price, "unit_amount"), whole(given, "quantity", 1)
    if amount < 0 or quantity < 1:
        raise invalid(name, "This value must be greater than or equal to 1.",
                      "parameter_invalid_integer")  # fmt: skip
    return {"title": required(product, "name"), "unit_amount": amount, "quantity": quantity}


def _known(name: str, given: Any, keys: frozenset[str]) -> None:
    if given is None:
        return
    if not isinstance(given, dict):
        raise invalid(name, f"Invalid object: {name}", "parameter_invalid")
    for each in given:
        if each not in keys:
            raise Refusal(400, f"Received unknown parameter: {name}[{each}]",
                          code="parameter_unknown", param=f"{name}[{each}]")  # fmt: skip
