"""How the control page looks: one card for each reader, then what may go wrong, then the money."""

from html import escape

from terminals.simulators.pages import euros
from terminals.simulators.stripe.cards import CARDS
from terminals.simulators.stripe.control_frame import button, frame
from terminals.simulators.stripe.state import Booking, Json, Run, World

_FAULTS = {
    "answer_lost": "Nächste Antwort geht verloren (Arbeit ist getan)",
    "unreachable": "Nächster Aufruf kommt nicht an",
    "late": "Nächster Aufruf kommt zu spät an, ohne Antwort",
    "server_error": "Nächster Aufruf endet mit Fehler 500",
    "rate_limit": "Nächster Aufruf ist einer zu viel (429)",
    "reader_busy": "Leser ist beim nächsten Mal besetzt",
    "reader_timeout": "Leser antwortet nicht",
    "reader_timeout_done": "Leser antwortet nicht, hat aber verstanden",
}


def page(world: World) -> str:
    """The whole page as HTML; it reloads itself, so that a till's wish shows up."""
    readers = [each for each in world.objects.values() if each["object"] == "terminal.reader"]
    shown = "".join(_reader(world, reader) for reader in readers)
    faults = "".join(
        button("fault", label, name=name) for name, label in _FAULTS.items()
    )  # fmt: skip
    body = (
        f"{shown}<section><h2>Störungen</h2><p>Vorgemerkt: {len(world.faults)}</p>{faults}"
        f"</section>{_ledger(world.ledger)}"
    )
    return frame("Kartenleser", body, reloads=True)


def _reader(world: World, reader: Json) -> str:
    id_, run = reader["id"], world.runs.get(reader["id"])
    other, label = (
        ("offline", "Vom Netz nehmen") if reader["status"] == "online" else ("online", "Ans Netz")
    )
    return (
        f"<section><h2>{escape(reader['label'])} ({escape(id_)})</h2>"
        f"<p><strong>{_display(world, reader, run)}</strong></p>{_choices(id_, run)}"
        f"{button('reader', label, reader=id_, status=other)}</section>"
    )


def _display(world: World, reader: Json, run: Run | None) -> str:
    if reader["status"] == "offline":
        return "Keine Verbindung"
    if run is not None:
        amount = euros(world.objects[run.payment_intent]["amount"])
        wish = {
            "card": "Karte vorhalten oder stecken",
            "pin": "PIN eingeben",
            "bank": "Bitte warten",
        }
        return f"{amount} – {wish[run.stage]}"
    action = reader["action"]
    if action is None:
        return "Bereit"
    if action["status"] == "succeeded":
        return "Zahlung erfolgt"
    return f"Nicht bezahlt ({escape(str(action['failure_code']))})"


def _choices(id_: str, run: Run | None) -> str:
    if run is None:
        return ""
    if run.stage == "pin":
        return (
            button("pin", "Richtige PIN eingeben", reader=id_, is_right="yes")
            + button("pin", "Falsche PIN eingeben", reader=id_, is_right="no")
            + button("cancel", "Gast bricht ab", reader=id_)
        )
    cards = "".join(
        button("present", f"Karte vorhalten: {card.title}", reader=id_, card=name)
        for name, card in CARDS.items()
    )
    return cards + button("cancel", "Gast bricht ab", reader=id_)


def _ledger(ledger: list[Booking]) -> str:
    words = {
        "charge": "bezahlt", "refund": "erstattet", "refund_failure": "Erstattung gescheitert",
    }  # fmt: skip
    rows = "".join(
        f"<tr><td>{words[each.kind]}</td><td>{escape(each.payment_intent)}</td>"
        f'<td class="amount">{euros(each.amount_cents)}</td></tr>'
        for each in reversed(ledger[-20:])
    )
    head = "<tr><th>Was</th><th>PaymentIntent</th><th>Betrag</th></tr>"
    return f"<section><h2>Geld, das geflossen ist</h2><table>{head}{rows}</table></section>"
