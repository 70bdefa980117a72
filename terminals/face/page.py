"""Rendering one page for citizens: its language, its words, and who is signed in."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast
from urllib.parse import urlencode
from uuid import UUID

from babel.dates import format_date, format_time
from flask import Response, current_app, g, make_response, redirect, render_template, request
from markupsafe import Markup
from werkzeug.exceptions import BadRequest

from ledger.calendar import CITY_TIME, business_day
from ledger.permissions import Books, Caller
from terminals.face.amounts import euros
from terminals.face.words import LANGUAGES, Say, marked, words_of

LANGUAGE_COOKIE = "language"
LANGUAGE_FIELD = "sprache"


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands around every page.

    tab: "start", "meals", "movements", "more" in the portal, None elsewhere. takes_money: then
    the city's domain stands above everything. said: what just happened, spoken to who listens.
    other_language_href: this page in the other language. t: the words; money, day: figures and
    dates in it.
    """

    language: str
    other_language: str
    other_language_href: str
    city: str
    domain_line: Markup
    tab: str | None
    takes_money: bool
    is_signed_in: bool
    said: str
    t: Say
    money: Callable[..., str]
    day: Callable[..., str]
    clock: Callable[[datetime], str]


def books() -> Books:
    """The database behind this application."""
    found: Books = current_app.extensions["books"]
    return found


def caller() -> Caller:
    """Who asks."""
    found: Caller = g.caller
    return found


def language() -> str:
    """Of this answer: what was asked for now, chosen before, or what the browser likes best."""
    wanted = request.values.get(LANGUAGE_FIELD) or request.cookies.get(LANGUAGE_COOKIE)
    if wanted in LANGUAGES:
        return wanted
    return request.accept_languages.best_match(LANGUAGES, default=LANGUAGES[0])


def say(name: str, /, **values: object) -> str:
    """A sentence in the language of this answer."""
    return words_of(language())(name, **values)


def render(
    template: str,
    page: Any = None,
    *,
    tab: str | None = None,
    takes_money: bool = False,
    said: str = "",
    status: int = 200,
) -> Response:
    """The page of a template in the language of whoever asks; the template gets `page`, `face`,
    and from `face` its `t`, `money`, `day` and `clock` by their names. said: one sentence on what
    the form before did."""
    face = _frame(language(), tab, takes_money, said)
    names = {"t": face.t, "money": face.money, "day": face.day, "clock": face.clock}
    answer = make_response(render_template(template, page=page, face=face, **names), status)
    if LANGUAGE_FIELD in request.values:
        answer.set_cookie(
            LANGUAGE_COOKIE, face.language, max_age=31_536_000, httponly=True, samesite="Lax",
            secure=request.is_secure,
        )  # fmt: skip
    return answer


def _frame(chosen: str, tab: str | None, takes_money: bool, said: str) -> Frame:
    other = next(each for each in LANGUAGES if each != chosen)
    t = words_of(chosen)
    return Frame(
        chosen, other, _href_in(other), current_app.config["CITY"],
        marked(t("frame.domain", host="{host}"), host=request.host), tab, takes_money,
        caller().role == "payer", said, t, _money(chosen), _day(chosen), _clock(chosen),
    )  # fmt: skip


def _href_in(language: str) -> str:
    """This page with its filters in another language; a page that answers a form is asked anew."""
    adapter = current_app.url_map.bind("")
    path = request.path if "GET" in adapter.allowed_methods(request.path) else "/portal/"
    kept = [(name, value) for name, value in request.args.items(multi=True)
            if name != LANGUAGE_FIELD]  # fmt: skip
    return f"{path}?{urlencode([*kept, (LANGUAGE_FIELD, language)])}"


def go(address: str) -> Response:
    """Answer a form with the page to look at next, so that a reload sends nothing twice."""
    return cast(Response, redirect(address, 303))


def key_of_form() -> UUID:
    """The key a form carries, made when its page was: whoever sends it twice means one thing."""
    try:
        return UUID(request.form["key"])
    except (KeyError, ValueError) as wrong:
        raise BadRequest("the form has no key") from wrong


def money(cents: int, *, sign: bool = False) -> str:
    """An amount in the language of this answer."""
    return euros(cents, language(), sign=sign)


def day(one: date, how: str = "weekday") -> str:
    """A date in the language of this answer: "weekday", "long", "year", "month", "short",
    "figures"; of an instant, the day it is in the city then."""
    return _day(language())(one, how)


def clock(at: datetime) -> str:
    """`8:00` in the city's time; `at` carries a time zone."""
    return _clock(language())(at)


def _money(language: str) -> Callable[..., str]:
    def money(cents: int, *, sign: bool = False) -> str:
        return euros(cents, language, sign=sign)

    return money


# CLDR patterns: as on a letter, with the weekday, as a heading of a month.
_PATTERNS = {
    "de": {"long": "d. MMMM", "weekday": "EEEE, d. MMMM", "year": "d. MMMM y", "month": "MMMM y",
           "short": "EEE", "figures": "d.M."},
    "en": {"long": "d MMMM", "weekday": "EEEE, d MMMM", "year": "d MMMM y", "month": "MMMM y",
           "short": "EEE", "figures": "d/M"},
}  # fmt: skip


def _day(language: str) -> Callable[..., str]:
    def day(one: date, how: str = "weekday") -> str:
        on = business_day(one) if isinstance(one, datetime) else one
        return format_date(on, _PATTERNS[language][how], locale=language)

    return day


def _clock(language: str) -> Callable[[datetime], str]:
    """`8:00`, in the city's time; both languages count to 24."""

    def clock(at: datetime) -> str:
        return format_time(at.astimezone(CITY_TIME), "H:mm", locale=language)

    return clock
