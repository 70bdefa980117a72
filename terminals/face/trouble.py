"""The page for what went wrong, in the look and language of the citizens' pages."""

from dataclasses import dataclass

from flask import Response

from terminals.face.page import caller, render, say

STATUSES = frozenset({400, 403, 404, 405, 500, 503})


@dataclass(frozen=True, slots=True)
class TroublePage:
    """What went wrong, in two sentences; reference: what to say on the telephone. start: where
    to go on from."""

    title: str
    text: str
    start: str
    reference: str | None = None


def trouble_page(status: int, reference: str | None = None) -> Response:
    """The page of an HTTP status. It asks the database nothing: that may be what is wrong."""
    known = status if status in STATUSES else 400
    start = "/portal/" if caller().role == "payer" else "/portal/anmelden"
    page = TroublePage(say(f"error.{known}.title"), say(f"error.{known}.text"), start, reference)
    return render("face/error.html", page, status=status)
