"""Money at the provider that no payment of ours explains: booked apart, with a case for a person.

Made by hand over there, or by a program that is not ours, or lost with a backup: the balance is
right all the same, and nothing is dropped silently.
"""

from datetime import datetime
from uuid import UUID, uuid5

from sqlalchemy.orm import Session

from ledger.locks import have_alone
from terminals.checkout.asked import CURRENCY
from terminals.checkout.booking import book, book_fee, is_booked, remember
from terminals.checkout.cases import open_case
from terminals.checkout.provider import Json
from terminals.checkout.rows import STRANGERS

_NAMES = UUID("0d3c9d0a-6d1f-4f5b-9a0c-0c2f8f7b1f52")


def of_terminal(intent: Json) -> bool:
    """Whether a till asked for this at a card reader: its own journal and night deal with it."""
    return {"order", "terminal"} <= (intent.get("metadata") or {}).keys()


def keep_stranger(session: Session, thing: Json, intent: Json | None, *, at: datetime) -> None:
    """Open a case for what nobody asked for, and book its money apart where it has arrived."""
    have_alone(session, STRANGERS)
    ref = intent["id"] if intent is not None else str(thing["id"])
    cents = int((intent or thing).get("amount") or 0)
    open_case(session, "unknown_reference", ref, payment=None, cents=cents,
              detail={"object": thing["object"], "id": thing["id"]}, at=at)  # fmt: skip
    if intent is None or intent["status"] != "succeeded" or intent["currency"] != CURRENCY:
        return
    received = int(intent["amount_received"])
    if not is_booked(session, "received", ref):
        entry = book(session, uuid5(_NAMES, ref), "online_unclear", amounts={"amount": received},
                     at=at, reference=ref)  # fmt: skip
        remember(session, None, "received", ref, cents=received, entry=entry)
    charge = intent.get("latest_charge")
    cost = charge.get("balance_transaction") if isinstance(charge, dict) else None
    if isinstance(cost, dict):
        book_fee(session, None, cost, at=at)
