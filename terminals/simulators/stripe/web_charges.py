"""Charges of payments made online: what Stripe shows of a card or an account that was not there."""

import secrets
import time

from terminals.simulators.stripe.charges import blank, outcome
from terminals.simulators.stripe.payment_methods import a_mandate
from terminals.simulators.stripe.settings import DAY
from terminals.simulators.stripe.state import Json, World

# By how the bank refuses: code, decline code, sentence.
DECLINES = {
    "declined": ("card_declined", "generic_decline", "Your card was declined."),
    "insufficient_funds": (
        "card_declined", "insufficient_funds", "Your card has insufficient funds.",
    ),
    "expired": ("expired_card", "expired_card", "Your card has expired."),
}  # fmt: skip


def a_web_charge(world: World, intent: Json, method: Json, *, is_secure: bool = False) -> Json:
    """The record of a try to take this intent's money: still "pending".

    is_secure: the payer's bank has asked the payer.
    """
    kind = method["type"]
    is_card = kind == "card"
    details = _card(intent, method, is_secure=is_secure) if is_card else _account(world, method)
    return world.put("ch" if is_card else "py", blank() | {
        "amount": intent["amount"], "currency": intent["currency"], "paid": False,
        "payment_intent": intent["id"], "payment_method": method["id"], "status": "pending",
        "customer": intent["customer"], "metadata": dict(intent["metadata"]),
        "description": intent["description"], "billing_details": method["billing_details"],
        "statement_descriptor_suffix": intent["statement_descriptor_suffix"],
        "calculated_statement_descriptor": "SIMULATION", "failure_code": None,
        "failure_message": None, "outcome": _outcome(kind, "", is_paid=True),
        "payment_method_details": {"type": kind, kind: details},
    })  # fmt: skip


def succeeded(charge: Json) -> None:
    """The bank said yes."""
    charge |= {"status": "succeeded", "paid": True, "captured": True,
               "amount_captured": charge["amount"]}  # fmt: skip


def failed(charge: Json, code: str, decline: str, message: str) -> None:
    """The bank said no."""
    kind = charge["payment_method_details"]["type"]
    charge |= {"status": "failed", "failure_code": code, "failure_message": message,
               "outcome": _outcome(kind, decline, is_paid=False)}  # fmt: skip


def _outcome(kind: str, decline: str, *, is_paid: bool) -> Json:
    risk_level = "normal" if kind == "card" else "not_assessed"
    return outcome(decline, is_paid=is_paid, risk_level=risk_level)


def _card(intent: Json, method: Json, *, is_secure: bool) -> Json:
    card = method["card"]
    none = {"status": "unavailable"}
    secure = {
        "authentication_flow": "challenge", "electronic_commerce_indicator": "05",
        "exemption_indicator": None, "result": "authenticated", "result_reason": None,
        "transaction_id": secrets.token_hex(8), "version": "2.2.0",
    }  # fmt: skip
    shown = ("brand", "checks", "country", "exp_month", "exp_year", "fingerprint", "funding",
             "last4", "wallet", "regulated_status")  # fmt: skip
    return {name: card[name] for name in shown} | {
        "amount_authorized": intent["amount"],
        "authorization_code": f"{secrets.randbelow(10**6):06}",
        "extended_authorization": {"status": "disabled"}, "incremental_authorization": none,
        "installments": None, "mandate": None, "multicapture": none, "network": card["brand"],
        "network_token": {"used": False}, "network_transaction_id": None,
        "overcapture": none | {"maximum_amount_capturable": intent["amount"]},
        "three_d_secure": secure if is_secure else None,
    }  # fmt: skip


def _account(world: World, method: Json) -> Json:
    shown = ("bank_code", "branch_code", "country", "fingerprint", "last4")
    return {name: method["sepa_debit"][name] for name in shown} | {
        "expected_debit_date": time.strftime("%Y-%m-%d", time.gmtime(world.now() + DAY)),
        "mandate": _mandate_of(world, method),
    }  # fmt: skip


def _mandate_of(world: World, method: Json) -> str:
    for each in world.objects.values():
        if each["object"] == "mandate" and each["payment_method"] == method["id"]:
            return str(each["id"])
    return str(a_mandate(world, method)["id"])
