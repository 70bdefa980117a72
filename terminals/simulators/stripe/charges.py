"""Charges: one for each card that was tried, with what a receipt says about it."""

import secrets

from terminals.simulators.stripe.cards import Card
from terminals.simulators.stripe.routes import Request, Route, params
from terminals.simulators.stripe.state import Json, Run, World


def retrieve(world: World, request: Request) -> Json:
    """One charge as it is."""
    return world.find("charge", request.ids["charge"], "charge")


def list_(world: World, request: Request) -> Json:
    """Charges, newest first."""
    page = world.listed("charge", request.given, payment_intent=request.given.get("payment_intent"))
    return page | {"url": "/v1/charges"}


def a_charge(world: World, intent: Json, run: Run, reader: Json) -> Json:
    """The record of a card at a reader, succeeded or failed as the card has it."""
    card = run.card
    assert card is not None
    is_paid = not card.decline
    return world.put("ch", blank() | {
        "amount": intent["amount"], "currency": intent["currency"],
        "payment_intent": intent["id"], "payment_method": f"pm_{secrets.token_hex(12)}",
        "metadata": dict(intent["metadata"]), "description": intent["description"],
        "paid": is_paid, "status": "succeeded" if is_paid else "failed",
        "failure_code": card.code if card.decline else None,
        "failure_message": "Your card was declined." if card.decline else None,
        "outcome": outcome(card.decline, is_paid=is_paid),
        "payment_method_details": {
            "type": "card_present", "card_present": _card_present(intent, card, reader),
        },
    })  # fmt: skip


def outcome(reason: str, *, is_paid: bool, risk_level: str = "not_assessed") -> Json:
    """What the bank said of a charge; reason: why it declined, "" where it did not say."""
    return {
        "advice_code": None, "network_advice_code": None, "network_decline_code": None,
        "network_status": "approved_by_network" if is_paid else "declined_by_network",
        "reason": reason or None, "risk_level": risk_level,
        "seller_message": "Payment complete." if is_paid else "The bank declined it.",
        "type": "authorized" if is_paid else "issuer_declined",
    }  # fmt: skip


def _card_present(intent: Json, card: Card, reader: Json) -> Json:
    return {
        "amount_authorized": None if card.decline else intent["amount"],
        "brand": card.brand, "brand_product": None, "cardholder_name": None, "country": "DE",
        "description": None, "emv_auth_data": None, "exp_month": 12, "exp_year": 2031,
        "fingerprint": secrets.token_hex(8), "funding": card.funding, "generated_card": None,
        "incremental_authorization_supported": False, "issuer": None, "last4": card.last4,
        "location": reader["location"], "network": card.brand, "network_transaction_id": None,
        "offline": {"stored_at": None, "type": None}, "overcapture_supported": False,
        "preferred_locales": ["de"], "read_method": card.read_method, "reader": reader["id"],
        "receipt": _receipt(card),
    }  # fmt: skip


def _receipt(card: Card) -> Json:
    return {
        "account_type": "credit" if card.funding == "credit" else "checking",
        "application_cryptogram": secrets.token_hex(8).upper(),
        "application_preferred_name": card.name,
        "authorization_code": None if card.decline else f"{secrets.randbelow(10**6):06}",
        "authorization_response_code": "05" if card.decline else "00",
        "cardholder_verification_method": card.verification,
        "dedicated_file_name": card.aid,
        "terminal_verification_results": "0000008001",
        "transaction_status_information": "E800",
    }


def blank() -> Json:
    """The fields of a charge that say nothing yet."""
    empty = (
        "application", "application_fee", "application_fee_amount", "balance_transaction",
        "calculated_statement_descriptor", "customer", "failure_balance_transaction",
        "on_behalf_of", "receipt_email", "receipt_number", "receipt_url", "review", "shipping",
        "source", "source_transfer", "statement_descriptor", "statement_descriptor_suffix",
        "transfer_data", "transfer_group",
    )  # fmt: skip
    address = dict.fromkeys(("city", "country", "line1", "line2", "postal_code", "state"))
    nobody = dict.fromkeys(("email", "name", "phone", "tax_id"))
    return dict.fromkeys(empty) | {
        "object": "charge", "livemode": False, "amount_captured": 0, "amount_refunded": 0,
        "billing_details": {"address": address} | nobody, "captured": False, "disputed": False,
        "fraud_details": {}, "refunded": False,
    }  # fmt: skip


ROUTES = (
    Route("charges.list", "GET", "/v1/charges", list_, params(
        "created customer ending_before limit payment_intent starting_after transfer_group"
    )),
    Route("charges.retrieve", "GET", "/v1/charges/{charge}", retrieve),
)  # fmt: skip
