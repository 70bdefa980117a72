"""The filter of the work list in the address, so that a link in a note reproduces the list."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from urllib.parse import urlencode

from flask import request
from werkzeug.exceptions import BadRequest

from reconciliation.casework.lists import ORDERS, VIEWS, Filter
from reconciliation.words import CHANNELS

VIEW_WORDS: Mapping[str, str] = {
    "open": "Offen", "mine": "Meine", "new": "Neu heute", "old": "Ab 5 BT",
    "free": "Ohne Zuständige", "waiting": "Wartet auf andere", "done": "Erledigt",
}  # fmt: skip
_IN_ADDRESS = {
    "open": "offen", "mine": "meine", "new": "neu", "old": "alt", "free": "frei",
    "waiting": "wartet", "done": "erledigt",
}  # fmt: skip
_ORDER_IN_ADDRESS = {
    "age": "alter", "amount": "betrag", "number": "nummer", "channel": "kanal", "kind": "art",
    "place": "ort", "day": "tag", "owner": "person",
}  # fmt: skip
_NAMES = {"kanal": "channel", "art": "kind", "ort": "place", "schwere": "severity"}

# Columns of the list that a person may do without; the case and its difference always stand.
HIDEABLE: Mapping[str, str] = {
    "art": "Art", "kanal": "Kanal", "ort": "Ort", "beleg": "Beleg", "tag": "Tag",
    "erwartet": "Erwartet €", "bestaetigt": "Bestätigt €", "bt": "BT",
    "schritt": "Stufe, Vorschlag oder nächster Schritt", "person": "Zuständig",
    "zustand": "Zustand",
}  # fmt: skip

assert set(_IN_ADDRESS) == set(VIEWS)
assert set(_ORDER_IN_ADDRESS) == set(ORDERS)


def filter_asked(person: str, at: datetime) -> Filter:
    """The filter that this request's address names. Raises BadRequest."""
    asked = request.args
    view = _code(_IN_ADDRESS, asked.get("ansicht", "offen"))
    order = _code(_ORDER_IN_ADDRESS, asked.get("sort", "alter"))
    chosen = {field: asked.get(name) or None for name, field in _NAMES.items()}
    if chosen["channel"] not in (None, *CHANNELS):
        raise BadRequest
    return Filter(
        person, at, view, chosen["channel"], chosen["kind"], chosen["place"], chosen["severity"],
        order,
    )  # fmt: skip


def hidden_asked() -> Sequence[str]:
    """The columns that this request's address leaves out, `?ohne=ort+beleg`. Raises BadRequest."""
    asked = request.args.get("ohne", "").split()
    if not set(asked) <= set(HIDEABLE):
        raise BadRequest
    return [code for code in HIDEABLE if code in asked]


def query_of(only: Filter, **other: str) -> str:
    """The filter as a query string with its question mark, without what is usual; `other` adds
    names, or takes a name of ours another value."""
    asked = {"ansicht": _IN_ADDRESS[only.view], "sort": _ORDER_IN_ADDRESS[only.order]}
    asked |= {name: getattr(only, field) or "" for name, field in _NAMES.items()}
    asked |= {"ohne": " ".join(hidden_asked())} | other
    usual = {"ansicht": "offen", "sort": "alter"}
    said = {name: value for name, value in asked.items() if value and usual.get(name) != value}
    return f"?{urlencode(said)}" if said else ""


def view_query(only: Filter, view: str) -> str:
    """The same filter in another view."""
    return query_of(replace(only, view=view))


def order_query(only: Filter, order: str) -> str:
    """The same filter in another order."""
    return query_of(replace(only, order=order))


def _code(words: Mapping[str, str], asked: str) -> str:
    found = next((code for code, word in words.items() if word == asked), None)
    if found is None:
        raise BadRequest
    return found
