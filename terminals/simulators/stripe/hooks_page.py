"""How the page for webhooks looks: where they go, what waits, what has gone out."""

from html import escape

from terminals.simulators.stripe.control_frame import button, choice, frame, section, table
from terminals.simulators.stripe.outbox import Delivery
from terminals.simulators.stripe.state import World

_ROWS = 50
_SPOILS = {
    "lose": "geht verloren", "twice": "kommt doppelt", "forge": "ist falsch unterschrieben",
    "live": "gibt sich als Echtbetrieb aus",
}  # fmt: skip
_STATES = {
    "waiting": "unterwegs", "held": "zurückgehalten", "lost": "verloren", "delivered": "angekommen",
    "failed": "aufgegeben",
}  # fmt: skip


def page(world: World) -> str:
    """The whole page as HTML."""
    outbox = world.outbox
    where = table(
        ("Adresse", "Ereignisse", "Geheimnisse"),
        (
            (escape(each.url), escape(" ".join(each.events)), str(len(each.secrets)))
            for each in outbox.endpoints.values()
        ),
        "Noch keine Adresse.",
    )
    holds = (
        button("webhooks/release", "Alles loslassen") if outbox.is_holding
        else button("webhooks/hold", "Ab jetzt zurückhalten")
    )  # fmt: skip
    noted = ", ".join(_SPOILS.get(each, "nichts") for each in outbox.spoil) or "nichts"
    how = (
        f"{holds}{button('webhooks/hurry', 'Jetzt noch einmal versuchen')}"
        f"{choice('webhooks/spoil', 'Der nächste', 'what', _SPOILS)}"
        f"<p>Vorgemerkt: {escape(noted)}</p>"
    )
    shown = [*outbox.open.values(), *reversed(outbox.done)][:_ROWS]
    rows = ((str(each.number), escape(each.kind), _state(each), _for(each)) for each in shown)
    sent = table(("Nummer", "Ereignis", "Stand", "Was weiter"), rows, "Noch keine.")
    return frame("Webhooks", "".join((
        section("Wohin", where + _FORM),
        section("Wie", how),
        section("Ereignisse", sent),
    )))  # fmt: skip


_FORM = (
    '<form method="post" action="/_sim/webhooks/add"><label for="url">Adresse</label>'
    ' <input id="url" name="url" type="url" required> <label for="secrets">Geheimnis</label>'
    ' <input id="secrets" name="secrets" required> <button>Hinzufügen</button></form>'
)


def _state(delivery: Delivery) -> str:
    words = _STATES[delivery.state]
    if delivery.tries:
        heard = "keine Antwort" if delivery.status is None else str(delivery.status)
        words += f" ({delivery.tries}. Versuch: {heard})"
    return escape(words)


def _for(delivery: Delivery) -> str:
    number = str(delivery.number)
    done = button("webhooks/again", "Noch einmal", event=delivery.event)
    if delivery.state == "held":
        done = button("webhooks/release", "Loslassen", numbers=number) + done
    if delivery.state in ("held", "waiting"):
        done += button("webhooks/lose", "Verlieren", number=number)
    return done
