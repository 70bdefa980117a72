"""One page with every part of the citizens' pages, signed in, for whoever builds or looks."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from flask import Blueprint, Flask, Response, g

from config.app import create_app
from ledger.permissions import Caller
from terminals import face
from terminals.face.page import render

MONDAY = date(2026, 11, 23)


@dataclass(frozen=True, slots=True)
class Sample:
    """days: (day, plate)."""

    days: tuple[tuple[date, str], ...]


def sample_app(*, role: str = "payer", takes_money: bool = True) -> Flask:
    """The application with the sample alone at `/sample`."""
    pages = Blueprint("sample", __name__, template_folder="templates")
    pages.add_url_rule("/sample", view_func=_show(takes_money))
    app = create_app(blueprints=(*face.PAGES, pages))
    app.before_request(lambda: setattr(g, "caller", Caller("Z-000001", role)))
    return app


def _show(takes_money: bool) -> Callable[[], Response]:
    states = ("full", "full", "full", "closed", "full", "full", "open")
    offsets = (1, 2, 3, 4, 7, 8, 9)
    days = tuple(
        (MONDAY + timedelta(offset), state) for offset, state in zip(offsets, states, strict=True)
    )

    def show() -> Response:
        return render("face_sample.html", Sample(days), tab="start", takes_money=takes_money)

    return show
