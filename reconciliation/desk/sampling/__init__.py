"""Samples for the audit: drawn by a seed, listed with who drew them, to print and to tick off."""

from collections.abc import Mapping
from datetime import date
from secrets import token_hex
from uuid import UUID, uuid4

from flask import Blueprint, Response, request, url_for
from sqlalchemy import text
from sqlalchemy.orm import Session
from werkzeug.exceptions import BadRequest, NotFound

from ledger.errors import LedgerError
from ledger.permissions import Permission, needs
from reconciliation.audits.errors import SampleUnknown
from reconciliation.audits.sampling import (
    LARGEST,
    Draw,
    SampledEntry,
    Wanted,
    draw,
    draws,
    find_draw,
    sampled,
)
from reconciliation.desk.asked import last_business_day
from reconciliation.desk.downloads import as_file
from reconciliation.desk.event_words import event_word
from reconciliation.desk.page import books, caller, go, may, now, refusal, render
from reconciliation.desk.sampling.sheet import RULE, debit_of, facts_of, sheet_of
from reconciliation.errors import ReconciliationError
from reconciliation.reports.forms import KINDS

pages = Blueprint(
    "desk_sampling", __name__, url_prefix="/desk/stichproben", template_folder="templates"
)

FIELDS = ("von", "bis", "anzahl", "startwert", "block", "konto", "einrichtung")
USUAL = 25


@pages.get("")
@needs(Permission.RECONCILE_READ)
def show() -> Response:
    """What was drawn, and a form to draw; `?von=…&startwert=…` fills it in."""
    return _list({name: request.args[name] for name in FIELDS if name in request.args})


@pages.post("")
@needs(Permission.AUDITS_WRITE)
def make() -> Response:
    """Draw. The system chooses a seed where none is given."""
    typed = {name: request.form.get(name, "").strip() for name in FIELDS}
    wanted, key = _wanted(typed), _key(request.form.get("key", ""))
    if wanted is None:
        return _list(typed, "Bitte Tage, Anzahl und Siegelblock als Zahlen angeben.", status=422)
    try:
        with books().transaction() as session:
            draw(session, caller(), key, wanted)
    except (ReconciliationError, LedgerError) as error:
        return _list(typed, refusal(error), status=422)
    return go(url_for("desk_sampling.show_one", key=key))


@pages.get("/<uuid:key>")
@needs(Permission.RECONCILE_READ)
def show_one(key: UUID) -> Response:
    """One sample: its entries by number, with a box to tick and room for remarks."""
    drawn, entries = _drawn(key)
    return render(
        "sampling/sample.html", drawn=drawn, entries=entries, facts=facts_of(drawn), rule=RULE,
        total_cents=sum(one.cents for one in entries), event_word=event_word, debit_of=debit_of,
        again=_again(drawn), forms=KINDS, may_draw=may(Permission.AUDITS_WRITE),
    )  # fmt: skip


@pages.get("/<uuid:key>.<form>")
@needs(Permission.RECONCILE_READ)
def save(key: UUID, form: str) -> Response:
    """The same as a file."""
    if form not in KINDS:
        raise NotFound
    return as_file(sheet_of(*_drawn(key)), form, f"stichprobe-{key}")


def _list(typed: Mapping[str, str], problem: str = "", status: int = 200) -> Response:
    with books().read_only() as session:
        made = draws(session)
        until = last_business_day(session, now())
        houses = _houses(session)
    filled = {"von": until.replace(day=1).isoformat(), "bis": until.isoformat(),
              "anzahl": str(USUAL), **typed}  # fmt: skip
    return render(
        "sampling/list.html", status, made=made, typed=filled, problem=problem, largest=LARGEST,
        houses=houses, key=uuid4(), may_draw=may(Permission.AUDITS_WRITE), rule=RULE,
    )  # fmt: skip


def _houses(session: Session) -> list[tuple[str, str]]:
    rows = session.execute(text("SELECT code, name FROM facility ORDER BY code"))
    return [(row.code, f"{row.code} {row.name}") for row in rows]


def _drawn(key: UUID) -> tuple[Draw, list[SampledEntry]]:
    with books().read_only() as session:
        try:
            drawn = find_draw(session, key)
        except SampleUnknown as unknown:
            raise NotFound from unknown
        return drawn, list(sampled(session, drawn))


def _again(drawn: Draw) -> str:
    wanted = drawn.wanted
    return url_for(
        "desk_sampling.show", von=wanted.first.isoformat(), bis=wanted.last.isoformat(),
        anzahl=wanted.count, startwert=wanted.seed, block=wanted.block,
        konto=wanted.account or None, einrichtung=wanted.facility or None,
    )  # fmt: skip


def _wanted(typed: Mapping[str, str]) -> Wanted | None:
    """What was asked for; None where a day or a number is none."""
    try:
        first, last = date.fromisoformat(typed["von"]), date.fromisoformat(typed["bis"])
    except ValueError:
        return None
    if not _is_number(typed["anzahl"]) or not (_is_number(typed["block"]) or not typed["block"]):
        return None
    return Wanted(
        first, last, int(typed["anzahl"]), typed["startwert"] or token_hex(8),
        int(typed["block"]) if typed["block"] else None, typed["konto"] or None,
        typed["einrichtung"] or None,
    )  # fmt: skip


def _is_number(words: str) -> bool:
    return words.isascii() and words.isdecimal() and len(words) <= 15


def _key(words: str) -> UUID:
    try:
        return UUID(words)
    except ValueError as wrong:
        raise BadRequest from wrong
