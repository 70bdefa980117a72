"""How the page for online payments looks: each thing with what may become of it next."""

import time
from collections.abc import Iterable
from html import escape

from terminals.simulators.pages import euros
from terminals.simulators.stripe import money
from terminals.simulators.stripe.control_frame import button, choice, frame, section, table
from terminals.simulators.stripe.routes import Request
from terminals.simulators.stripe.state import Json, World

_ROWS = 15
_ENDINGS = {
    "succeeds": "gelingt", "declined": "wird abgelehnt", "insufficient_funds": "keine Deckung",
    "expired": "Karte abgelaufen", "asks": "die Bank fragt nach (3-D Secure)",
    "fails_later": "Lastschrift scheitert später", "disputed": "wird bestritten",
}  # fmt: skip
_REFUNDS = {
    "succeeded": "gelingt", "pending": "dauert", "failed": "scheitert sofort",
    "fails_later": "gelingt und scheitert später",
}  # fmt: skip
_HOURS = {"3600": "Eine Stunde", "86400": "Einen Tag", "604800": "Eine Woche"}


def page(world: World) -> str:
    """The whole page as HTML."""
    coming = (
        choice("online/next_payment", "Die nächste Zahlung", "ending", _ENDINGS)
        + choice("online/next_refund", "Die nächste Erstattung", "state", _REFUNDS)
        + f"<p>Vorgemerkt: {_noted(world)}</p>"
    )
    return frame("Online", "".join((
        section("Was als Nächstes geschieht", coming),
        section("Offene Bezahlseiten", _sessions(world)),
        section("Zahlungen", _intents(world)),
        section("Erstattungen", _refunds(world)),
        section("Bestrittene Zahlungen", _disputes(world)),
        section("Guthaben und Auszahlungen", _money(world)),
        section("Uhr", _clock(world)),
    )))  # fmt: skip


def _noted(world: World) -> str:
    words = [_ENDINGS[each] for each in world.outcomes]
    words += [f"Erstattung {_REFUNDS[each]}" for each in world.refund_states]
    return escape(", ".join(words) or "nichts")


def _sessions(world: World) -> str:
    rows = [
        (f'<a href="{escape(each["url"])}">{escape(each["id"][-8:])}</a>', _amount(each),
         escape(str(each["client_reference_id"] or "")))
        for each in _last(world, "checkout.session") if each["status"] == "open"
    ]  # fmt: skip
    return table(("Seite", "Betrag", "Kennzeichen"), rows, "Keine.")


def _intents(world: World) -> str:
    rows = (
        (escape(each["id"]), _amount(each), escape(each["status"]), _for_intent(each))
        for each in _last(world, "payment_intent")
    )
    return table(("Zahlung", "Betrag", "Stand", "Was weiter"), rows, "Noch keine.")


def _for_intent(intent: Json) -> str:
    id_ = intent["id"]
    match intent["status"]:
        case "processing":
            return _both("debit", "Lastschrift gelingt", "Lastschrift scheitert", intent=id_)
        case "requires_action":
            return _both("bank", "Freigeben", "Ablehnen", intent=id_)
        case "succeeded":
            return (
                button("online/refund", "In Stripe erstatten", intent=id_)
                + button("online/dispute", "Bestreiten", intent=id_)
                + button("online/dispute", "Nachfragen", intent=id_, is_inquiry="yes")
            )
    return ""


def _refunds(world: World) -> str:
    rows = (
        (escape(each["id"]), _amount(each), escape(each["status"]), _for_refund(each))
        for each in _last(world, "refund")
    )
    return table(("Erstattung", "Betrag", "Stand", "Was weiter"), rows, "Noch keine.")


def _for_refund(refund: Json) -> str:
    id_, status = refund["id"], refund["status"]
    done = button("online/clear_refund", "Kommt an", refund=id_) if status == "pending" else ""
    if status in ("pending", "succeeded"):
        done += button("online/fail_refund", "Kommt zurück", refund=id_)
    return done


def _disputes(world: World) -> str:
    rows = (
        (escape(each["id"]), _amount(each), escape(each["status"]),
         _both("end_dispute", "Stadt gewinnt", "Stadt verliert", dispute=each["id"])
         if each["status"].endswith(("needs_response", "under_review")) else "")
        for each in _last(world, "dispute")
    )  # fmt: skip
    return table(("Fall", "Betrag", "Stand", "Was weiter"), rows, "Noch keine.")


def _money(world: World) -> str:
    shown = money.balance(world, Request({}, {}))
    sums = (
        f"<p>Verfügbar: {euros(shown['available'][0]['amount'])}, "
        f"vorgemerkt: {euros(shown['pending'][0]['amount'])}</p>"
    )
    rows = (
        (escape(each["id"]), _amount(each), escape(each["status"]),
         _both("end_payout", "Ist angekommen", "Kommt zurück", payout=each["id"])
         if each["status"] in ("in_transit", "paid") else "")
        for each in _last(world, "payout")
    )  # fmt: skip
    return (
        sums + button("online/payout", "Jetzt auszahlen")
        + button("online/settle", "Gebühren jetzt abrechnen")
        + table(("Auszahlung", "Betrag", "Stand", "Was weiter"), rows, "Noch keine.")
    )  # fmt: skip


def _clock(world: World) -> str:
    shown = time.strftime("%d.%m.%Y %H:%M UTC", time.gmtime(world.now()))
    buttons = (
        button("online/advance", f"{label} weiter", seconds=seconds)
        for seconds, label in _HOURS.items()
    )
    return f"<p>{shown}</p>{''.join(buttons)}"


def _both(action: str, yes: str, no: str, **values: str) -> str:
    action = f"online/{action}"
    return button(action, yes, **values, **{"is": "yes"}) + button(
        action, no, **values, **{"is": "no"}
    )


def _amount(each: Json) -> str:
    cents = each["amount_total"] if "amount_total" in each else each["amount"]
    return "" if cents is None else euros(cents)


def _last(world: World, kind: str) -> Iterable[Json]:
    found = [each for each in world.objects.values() if each["object"] == kind]
    return reversed(found[-_ROWS:])
