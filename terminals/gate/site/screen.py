"""The screen at a gate: colour, sign and two lines to be read from two metres, and no name.

A scanner types into its one field. The page works as a form; with JavaScript it is not left, a
tone is heard, and the answer gives way after a moment.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID

from babel.dates import format_date
from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from ledger.calendar import CITY_TIME, business_day
from ledger.permissions import Permission, needs
from terminals.face.words import Say, words_of
from terminals.gate.site import memory
from terminals.gate.site.gate import Gate
from terminals.gate.site.memory import Scan
from terminals.till.strangers import refuse_strangers

SHOWN_SECONDS = 4
_TO_DESK = frozenset({"used", "other_house", "not_yet", "expired", "blocked", "empty"})
_PATTERN = {"de": "d. MMMM y", "en": "d MMMM y"}


@dataclass(frozen=True, slots=True)
class ScreenPage:
    """look: ready, ok, wait or no; lines: one or two. waiting: items the centre has not heard,
    None while it answers. scan: whose answer it is."""

    look: str
    lines: tuple[str, ...]
    gate: str
    house: str
    language: str
    waiting: int | None
    scan: UUID | None = None
    seconds: int = SHOWN_SECONDS


@dataclass(frozen=True, slots=True)
class _Speech:
    """How the screen speaks, and for how long."""

    say: Say
    language: str
    seconds: int


@dataclass(frozen=True, slots=True)
class LastLine:
    """Somebody who was let in or not, for whoever works here."""

    key: UUID
    at: datetime
    code: str
    state: str
    line: str
    may_take_back: bool


def register(gate: Gate, *, language: str = "de", seconds: int = SHOWN_SECONDS) -> Blueprint:
    """The pages below `/tor/`; an answer gives way after `seconds`."""
    screen = Blueprint("gate_screen", __name__, url_prefix="/tor", template_folder="../templates")
    say = words_of(language)
    speech = _Speech(say, language, seconds)

    @screen.get("/")
    @needs(Permission.PUBLIC_USE)
    def show() -> Response:
        key = request.args.get("zeigt", type=_uuid)
        with gate.journal.read() as connection:
            one = memory.find_scan(connection, key) if key else None
        return _shown(gate, speech, one)

    @screen.post("/scan")
    @needs(Permission.PUBLIC_USE)
    def scan() -> AnyResponse:
        refuse_strangers()
        one = gate.enter(request.form.get("text", ""), datetime.now(UTC))
        if "X-Part" in request.headers or one is None:
            return _shown(gate, speech, one, is_wait=one is None)
        return redirect(url_for("gate_screen.show", zeigt=one.key), 303)

    return screen


def lines_of(one: Scan, say: Say, language: str, *, today: date) -> tuple[str, ...]:
    """What a guest reads: at most two lines."""
    if one.state == "opened":
        if one.visits_left is not None:
            return say("gate.ok"), say("gate.left", n=one.visits_left)
        return (say("gate.ok"),)
    reason = one.reason or "unknown"
    first = say(
        f"gate.{reason}" if reason in _REASONS else "gate.unknown", **_values(one, language)
    )
    if reason == "used" and "at" in one.data:
        at = datetime.fromisoformat(one.data["at"]).astimezone(CITY_TIME)
        name = "gate.used_today" if at.date() == today else "gate.used_on"
        where = one.data.get("gate", "")
        first = say(name, time=f"{at:%H:%M}", day=_day(at.date(), language), gate=where)
    return (first, say("gate.to_desk")) if reason in _TO_DESK else (first,)


_REASONS = frozenset(
    {"used", "other_house", "not_yet", "expired", "returned", "blocked", "empty", "unknown",
     "unread", "closed", "withdrawn", "interrupted", "supplement"}
)  # fmt: skip


def _values(one: Scan, language: str) -> Mapping[str, str]:
    on = one.data.get("on")
    day = _day(date.fromisoformat(on), language) if on else ""
    return {"house": one.data.get("house", ""), "day": day}


def _day(day: date, language: str) -> str:
    return format_date(day, _PATTERN[language], locale=language)


def _shown(gate: Gate, speech: _Speech, one: Scan | None, *, is_wait: bool = False) -> Response:
    page = _page(gate, speech, one, is_wait=is_wait)
    whole = "X-Part" not in request.headers
    return html("gate/screen.html" if whole else "gate/screen_part.html", page=page, t=speech.say)


def page_of(gate: Gate, say: Say, language: str) -> ScreenPage:
    """The gate as it stands, without anybody before it."""
    return _page(gate, _Speech(say, language, SHOWN_SECONDS), None)


def _page(gate: Gate, speech: _Speech, one: Scan | None, *, is_wait: bool = False) -> ScreenPage:
    say, language = speech.say, speech.language
    with gate.journal.read() as connection:
        news = memory.known_news(connection)
        waiting = memory.count_waiting(connection)
    house = news["facility"]["name"] if news else ""
    is_alone = gate.line.silent_since is not None
    if one is None:
        is_wait = is_wait or news is None or gate.is_revoked
        look = "wait" if is_wait else "ready"
        lines: tuple[str, ...] = (say(f"gate.{look}"),)
    else:
        look = "ok" if one.state == "opened" else "no"
        lines = lines_of(one, say, language, today=business_day(datetime.now(UTC)))
    return ScreenPage(
        look, lines, gate.place.name, house, language, waiting if is_alone else None,
        one.key if one else None, speech.seconds,
    )  # fmt: skip


def last_line(one: Scan, say: Say, language: str) -> LastLine:
    """A guest as the list has them."""
    line = lines_of(one, say, language, today=business_day(datetime.now(UTC)))[0]
    return LastLine(one.key, one.at, one.code, one.state, line, one.state == "opened")


def html(template: str, status: int = 200, **page: object) -> Response:
    """A page of the gate."""
    return Response(render_template(template, **page), status, mimetype="text/html")


def _uuid(given: str) -> UUID:
    return UUID(given)
