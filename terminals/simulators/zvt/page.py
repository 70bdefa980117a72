"""The page beside the terminal: what a guest would do with a hand, and what the device shows."""

from collections.abc import Mapping
from html import escape
from typing import Any

from terminals.simulators.zvt.scenarios import SCENARIOS
from terminals.simulators.zvt.terminal import Terminal

_KINDS = {"payment": "Zahlung", "reversal": "Storno", "refund": "Gutschrift"}
_STATES = {
    "pending": "offen", "approved": "genehmigt", "declined": "abgelehnt",
    "auto_reversed": "automatisch storniert",
}  # fmt: skip
_ROWS = 30

_WHOLE = """<!doctype html>
<html lang="de">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Kartenterminal {id} (Übung)</title>
<link rel="stylesheet" href="/style.css">
</head>
<body>
<header>
<h1>Kartenterminal {id}</h1>
<p>Zum Üben: Hier fließt kein Geld.</p>
</header>
{notice}
<main>
<section aria-labelledby="guest">
<h2 id="guest">Der Gast</h2>
<div class="row">
{present}{stop}
</div>
{automatic}
</section>
<section aria-labelledby="next">
<h2 id="next">Die nächste Zahlung</h2>
<form method="post" action="/next">
<label for="scenario">Was soll geschehen?</label>
<select id="scenario" name="scenario">
{options}
</select>
<button>Vormerken</button>
</form>
{queue}
</section>
<section aria-labelledby="around">
<h2 id="around">Drumherum</h2>
<div class="row">
{second}{plug}{reset}
</div>
</section>
<section class="wide" aria-labelledby="shown">
<h2 id="shown">Das Terminal</h2>
<iframe src="/live" title="Anzeige und Umsätze des Terminals"></iframe>
</section>
</main>
</body>
</html>
"""

_LIVE = """<!doctype html>
<html lang="de">
<head>
<meta charset="utf-8">
<title>Anzeige und Umsätze</title>
<link rel="stylesheet" href="/style.css">
</head>
<body class="live">
<main>
<h1 class="hidden">Anzeige und Umsätze</h1>
<p class="display">{display}</p>
<p class="facts">{facts}</p>
<div class="scroll" role="region" aria-label="Umsätze" tabindex="0">
<table>
<thead><tr><th scope="col">TA-Nr.</th><th scope="col">Beleg</th><th scope="col">Zeit</th>
<th scope="col">Art</th><th scope="col">Karte</th><th scope="col" class="sum">Betrag</th>
<th scope="col">Stand</th></tr></thead>
<tbody>
{rows}
</tbody>
</table>
</div>
</main>
</body>
</html>
"""


def whole_page(terminal: Terminal, notice: str = "") -> str:
    """The page with everything one can do; what changes by itself is in its frame."""
    is_automatic = terminal.settings.automatic_card
    switch = "Karte erst auf Knopfdruck" if is_automatic else "Karte von selbst vorhalten"
    plug = ("plug_in", "Netzstecker einstecken") if terminal.is_unplugged else (
        "unplug", "Netzstecker ziehen")  # fmt: skip
    names = [SCENARIOS[name].title for name, _ in terminal.queue.scripts]
    automatic = _button("/settings", "automatic_card", str(not is_automatic).lower(), switch)
    return _WHOLE.format(
        id=escape(terminal.terminal_id),
        notice=f'<p class="notice" role="alert">{escape(notice)}</p>' if notice else "",
        present=_button("/now", "act", "present_card", "Karte vorhalten", "main"),
        stop=_button("/now", "act", "stop_key", "Stopp-Taste"),
        automatic=automatic,
        options="\n".join(
            f'<option value="{name}">{escape(each.title)}</option>'
            for name, each in SCENARIOS.items()
        ),
        queue=_queue(names),
        second=_button("/now", "act", "second_register", "Andere Kasse zahlt 15\u00a0€"),
        plug=_button("/now", "act", *plug),
        reset=_button("/reset", "all", "yes", "Alles zurücksetzen"),
    )


def live_page(state: Mapping[str, Any]) -> str:
    """What the terminal shows and has booked, as `controls.state` says it."""
    batch = state["batch"]
    facts = [
        f"Seit dem letzten Kassenschnitt: {batch['count']} genehmigt, "
        f"zusammen {_euros(batch['amount_cents'])}",
        "Netzstecker gezogen" if state["is_unplugged"] else
        "Kasse verbunden" if state["connection_count"] else "keine Kasse verbunden",
    ]  # fmt: skip
    rows = [_row(each) for each in reversed(state["ledger"][-_ROWS:])]
    return _LIVE.format(
        display=escape(state["display"]).replace("\n", "<br>"),
        facts=" · ".join(facts),
        rows="\n".join(rows) or '<tr><td colspan="7">Noch nichts gebucht.</td></tr>',
    )


def _row(transaction: Mapping[str, Any]) -> str:
    register = "" if transaction["register"] == 1 else " (andere Kasse)"
    cells = [
        f"{transaction['number']:06d}",
        f"{transaction['receipt']:04d}",
        transaction["at"][11:19],
        _KINDS[transaction["kind"]] + register,
        transaction["card"],
    ]
    plain = "".join(f"<td>{escape(cell)}</td>" for cell in cells)
    state = transaction["state"]
    return (
        f'<tr>{plain}<td class="sum">{_euros(transaction["amount_cents"])}</td>'
        f'<td class="{state}">{_STATES[state]}</td></tr>'
    )


def _queue(names: list[str]) -> str:
    if not names:
        return '<p class="quiet">Nichts vorgemerkt: Die nächste Karte wird genehmigt.</p>'
    items = "".join(f"<li>{escape(name)}</li>" for name in names)
    return f'<p class="quiet">Vorgemerkt:</p><ol>{items}</ol>'


def _button(action: str, name: str, value: str, words: str, kind: str = "") -> str:
    look = f' class="{kind}"' if kind else ""
    return (
        f'<form method="post" action="{action}">'
        f'<button{look} name="{name}" value="{value}">{escape(words)}</button></form>'
    )


def _euros(cents: int) -> str:
    sign = "−" if cents < 0 else ""
    return f"{sign}{abs(cents) // 100},{abs(cents) % 100:02d}\u00a0€"
