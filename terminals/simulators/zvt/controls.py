"""What can be asked of the terminal from outside the protocol: by tests, page and JSON alike."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from terminals.simulators.zvt.book import Transaction, by_column, net
from terminals.simulators.zvt.line import Cut
from terminals.simulators.zvt.settings import changed, coerced
from terminals.simulators.zvt.terminal import Terminal

COUNTERS = ("trace", "receipt", "turnover")
CUT_CHOICES = {"direction": ("sent", "received"), "how": ("close", "reset", "silence")}
SHOWN_FRAMES = 60
_SECOND_REGISTER_CENTS, _MOST_CENTS = 1500, 999_999_999_999


def change(terminal: Terminal, wanted: Mapping[str, Any]) -> None:
    """Change settings, or what a counter stands at. Raises ValueError, and then changes nothing."""
    counters = {name: coerced(name, wanted[name], 0) for name in COUNTERS if name in wanted}
    rest = {name: value for name, value in wanted.items() if name not in counters}
    terminal.settings = changed(terminal.settings, rest)
    terminal.wire.framing = terminal.settings.framing
    for name, value in counters.items():
        setattr(terminal.book, name, value)


def script(terminal: Terminal, wanted: Mapping[str, Any]) -> None:
    """Queue a scenario: its name under "scenario", changes of its script beside. ValueError."""
    options = {name: value for name, value in wanted.items() if name != "scenario"}
    terminal.queue.add(str(wanted.get("scenario", "")), options)


def act(terminal: Terminal, wanted: Mapping[str, Any]) -> None:
    """Something happens now: "act" says what. Raises ValueError with a sentence."""
    match wanted.get("act"):
        case "present_card":
            terminal.press("card")
        case "stop_key":
            terminal.press("stop")
        case "second_register":
            given = wanted.get("amount_cents", _SECOND_REGISTER_CENTS)
            cents = coerced("amount_cents", given, 0)
            if not 0 < cents <= _MOST_CENTS:
                raise ValueError("amount_cents is between 1 and what twelve digits hold.")
            terminal.second_register(cents)
        case "drop":
            for line in tuple(terminal.lines):
                line.lose("close")
        case "unplug":
            terminal.unplug()
        case "plug_in":
            terminal.is_unplugged = False
        case other:
            known = "present_card, stop_key, second_register, drop, unplug, plug_in"
            raise ValueError(f"Nobody can {other!r}: {known}.")


def cut(terminal: Terminal, wanted: Mapping[str, Any]) -> None:
    """End the connection at a byte, see `Cut`. Raises ValueError with a sentence."""
    plain = {"direction": "sent", "byte": 0, "command": "", "how": "close"}
    if unknown := set(wanted) - set(plain):
        raise ValueError(f"A cut has no {', '.join(sorted(unknown))}: {', '.join(plain)}.")
    terminal.wire.cut = Cut(
        **{
            name: coerced(name, wanted.get(name, like), like, CUT_CHOICES.get(name, ()))
            for name, like in plain.items()
        }
    )


def reset(terminal: Terminal) -> None:
    """As new, and every connection ends. Settings stay."""
    terminal.power_cycle()


def state(terminal: Terminal) -> dict[str, Any]:
    """Everything there is to see, ready for JSON; money in cents, newest transaction last."""
    book, wire = terminal.book, terminal.wire
    return {
        "terminal_id": terminal.terminal_id,
        "display": terminal.display,
        "is_busy": terminal.dialogue is not None,
        "is_locked": terminal.is_locked,
        "is_unplugged": terminal.is_unplugged,
        "connection_count": len(terminal.lines),
        "registration": asdict(terminal.registration),
        "counters": {name: getattr(book, name) for name in COUNTERS},
        "ledger": [_as_json(each) for each in book.transactions],
        "batch": {
            "count": len(book.batch),
            "amount_cents": net(book.batch),
            "columns": by_column(book.batch),
        },
        "settlements": [
            {
                "number": each.number,
                "at": each.at.isoformat(),
                "count": len(each.transactions),
                "amount_cents": each.amount_cents,
            }
            for each in book.settlements
        ],
        "queue": [name for name, _ in terminal.queue.scripts],
        "settings": asdict(terminal.settings),
        "cut": None if wire.cut is None else asdict(wire.cut),
        "cut_count": wire.cut_count,
        "frames": [
            {"direction": "sent" if direction == ">" else "received", "hex": data.hex().upper()}
            for direction, data in list(wire.log)[-SHOWN_FRAMES:]
        ],
    }


def _as_json(transaction: Transaction) -> dict[str, Any]:
    return asdict(transaction) | {"at": transaction.at.isoformat()}
