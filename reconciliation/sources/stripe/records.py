"""Stripe's movements and payouts as records of a provider, in the columns of `provider_line`."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from reconciliation.sources.stripe.calls import Json
from reconciliation.sources.stripe.categories import OWN, record_type_of

_COUNTRIES = (
    "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IS IT LI LT LU LV MT NL NO PL PT RO SE SI SK"
)
EEA = frozenset(_COUNTRIES.split())  # whose cards cost less


@dataclass(frozen=True, slots=True)
class Record:
    """One movement of the balance, or a payout as a whole.

    txn_id: the movement's, or the payout's. psp_ref: the payment intent of a charge or dispute,
    the refund, or the payout that did not arrive. order_ref: our own id, which we once gave the
    provider; of a refund the intent it gives back, of a dispute the dispute itself. scheme: of
    the card, or "sepa_debit"; of fees and others the provider's category. batch, settle_on: the
    payout it is part of and when that arrives; as long as no payout is known, None and the day
    from which it may be paid out. Signed cents; fee_cents positive where it was taken.
    """

    record_type: str
    txn_id: str
    psp_ref: str | None
    order_ref: str | None
    terminal: str | None
    auth_code: str | None
    scheme: str | None
    card_region: str | None
    happened_at: datetime
    gross_cents: int
    auth_cents: int | None
    fee_cents: int
    net_cents: int
    currency: str
    batch: str | None
    settle_on: date
    item_count: int | None = None
    trace_id: str | None = None


def is_own(move: Json, payout: str) -> bool:
    """Whether this is the movement of the payout itself; of another payout that failed, it is
    money like any other that this one pays out."""
    return move["type"] in OWN and id_of(move.get("source")) == payout


def record_of(move: Json, payout: Json | None = None) -> Record | None:
    """The record of a movement, with what it is about expanded; payout: the one that lists it.

    None for a payout leaving the balance: the payout's own record stands for that.
    """
    if move["type"] == "payout":
        return None
    source = move.get("source")
    about: Json = source if isinstance(source, dict) else {}
    kind = record_type_of(move["reporting_category"])
    is_member = payout is not None and not is_own(move, payout["id"])
    settle = payout["arrival_date"] if is_member and payout else move["available_on"]
    return Record(
        kind, move["id"], *_references(kind, move, about), **_card(kind, move, about),
        happened_at=moment(move["created"]), gross_cents=int(move["amount"]),
        auth_cents=int(about["amount"]) if kind == "charge" and "amount" in about else None,
        fee_cents=int(move["fee"]), net_cents=int(move["net"]),
        currency=str(move["currency"]).upper(),
        batch=payout["id"] if is_member and payout else None, settle_on=moment(settle).date(),
    )  # fmt: skip


def record_of_payout(payout: Json, line_count: int | None) -> Record:
    """The payout itself: what left the balance, so a payout to our bank is below zero."""
    cents = -int(payout["amount"])
    return Record(
        "payout", payout["id"], None, None, None, None, None, None,
        happened_at=moment(payout["created"]), gross_cents=cents, auth_cents=None, fee_cents=0,
        net_cents=cents, currency=str(payout["currency"]).upper(), batch=payout["id"],
        settle_on=moment(payout["arrival_date"]).date(), item_count=line_count,
        trace_id=trace_of(payout),
    )  # fmt: skip


def trace_of(payout: Json) -> str | None:
    """The bank's reference of a payout, once the bank has given one."""
    trace = payout.get("trace_id")
    value = trace.get("value") if isinstance(trace, dict) else None
    return str(value) if value else None


def moment(seconds: int) -> datetime:
    """Stripe's time as an aware instant."""
    return datetime.fromtimestamp(int(seconds), UTC)


def id_of(it: Any) -> str | None:
    """The id of something that is named or shown whole."""
    return it.get("id") if isinstance(it, dict) else it


def _references(kind: str, move: Json, about: Json) -> tuple[str | None, str | None]:
    intent = id_of(about.get("payment_intent"))
    ours = _ours(about)
    match kind:
        case "charge":
            return intent or id_of(move.get("source")), ours.get("payment") or ours.get("order")
        case "refund":
            return id_of(move.get("source")), intent
        case "chargeback" | "chargeback_reversal":
            return intent, id_of(move.get("source"))
        case _:
            return id_of(move.get("source")), intent


def _ours(about: Json) -> Json:
    """What we once told the provider about this."""
    return about.get("metadata") or {}


def _card(kind: str, move: Json, about: Json) -> Json:
    """The columns about the card and the reader; of anything but a charge the category alone."""
    ours = _ours(about)
    terminal = ours.get("terminal") if "order" in ours else None
    if kind != "charge":
        category = None if kind in ("refund", "chargeback") else move["reporting_category"]
        return {"terminal": terminal, "auth_code": None, "scheme": category, "card_region": None}
    details = about.get("payment_method_details") or {}
    way = str(details.get("type") or "")
    card = details.get(way) or {}
    receipt = card.get("receipt") or {}
    code = card.get("authorization_code") or receipt.get("authorization_code")
    return {
        "terminal": terminal, "auth_code": code, "scheme": card.get("brand") or way or None,
        "card_region": _region(card.get("country")),
    }  # fmt: skip


def _region(country: str | None) -> str | None:
    if country is None:
        return None
    return "uk" if country == "GB" else "eea" if country in EEA else "intl"
