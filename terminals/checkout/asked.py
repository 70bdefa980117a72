"""What the provider is asked for a row of ours, always in the same words, and finding it again.

The same row gives the same call with the same key, so a call can be made again after its answer
was lost. A key is forgotten after a day; then what was made is looked for by our id in it.
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from sqlalchemy import Row

from ledger.permissions import Books
from terminals.checkout.provider import Json, Provider
from terminals.checkout.rows import change, row_of

CURRENCY = "eur"
KEY_LIVES = timedelta(hours=23)
_DAY = timedelta(days=1)


def page_of(row: Row[Any]) -> tuple[Json, str]:
    """The payment page of a row, with one of the ways it may be paid, and the key of the call."""
    ours = {"payment": str(row.id)}
    intent: Json = {"metadata": ours}
    if row.keeps_way:
        intent["setup_future_usage"] = "off_session"
    asked: Json = {
        "mode": "payment", "client_reference_id": str(row.id), "locale": row.locale,
        "success_url": row.back_url, "cancel_url": row.cancelled_url,
        "expires_at": int(row.page_until.timestamp()),
        "line_items": [{"quantity": 1, "price_data": {
            "currency": CURRENCY, "unit_amount": row.amount_cents,
            "product_data": {"name": row.title},
        }}],
        "metadata": ours, "payment_intent_data": intent,
        "allowed_payment_method_types": list(row.ways),
    }  # fmt: skip
    if row.customer is not None:
        asked["customer"] = row.customer
    return asked, f"session-{row.id}"


def charge_of(row: Row[Any]) -> tuple[Json, str]:
    """A payment with the way that was kept, and the key of the call."""
    asked: Json = {
        "amount": row.amount_cents, "currency": CURRENCY, "customer": row.customer,
        "payment_method": row.method, "metadata": {"payment": str(row.id)},
        "allowed_payment_method_types": list(row.ways),
    }  # fmt: skip
    return asked, f"charge-{row.id}"


def found_at(provider: Provider, row: Row[Any]) -> Json | None:
    """The page that was made for a row, looked for."""
    return _ours(provider.sessions_between(row.begun_at - _DAY, row.begun_at + _DAY), row)


def intent_adopted(books: Books, provider: Provider, row: Row[Any]) -> Row[Any]:
    """The row of a payment with a kept way, with the intent that was made for it, if one was."""
    if row.state == "begun":
        return row  # nobody was asked yet
    found = _ours(provider.intents_between(row.due_at - _DAY, row.due_at + 2 * _DAY), row)
    if found is None:
        return row
    with books.transaction() as session:
        if row_of(session, row.id, is_locked=True).intent is None:
            change(session, row.id, intent=found["id"])
        return row_of(session, row.id)


def _ours(made: Iterable[Json], row: Row[Any]) -> Json | None:
    return next((each for each in made if _payment_in(each) == str(row.id)), None)


def _payment_in(made: Json) -> str | None:
    return (made.get("metadata") or {}).get("payment")
