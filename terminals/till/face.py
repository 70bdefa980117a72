"""The register in a browser: routes that show a page, take a tap and tell of news.

A browser is bound to a till by a cookie alone; everything it shows comes from `Counter.page`,
everything it does goes through `Counter.act`, and without JavaScript it works as plain forms.
The actions and their fields are named beside the screens in `terminals.till.pages`.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from flask import Blueprint, Response, abort, jsonify, render_template, request, url_for

from ledger.permissions import Permission, needs
from terminals.till.amounts import typed_cents
from terminals.till.chips import chips_of
from terminals.till.formats import Formats
from terminals.till.pages import GuestPage, Language, Message, Page
from terminals.till.strangers import refuse_strangers
from terminals.till.tracks import step_of
from terminals.till.words import Say, catalogue, words_of

STATIC = Path(__file__).parent / "static"
COOKIE = "stadtkasse_till"
COOKIE_SECONDS = 400 * 24 * 60 * 60  # the longest a browser keeps one; renewed with every page
LONGEST_WAIT_SECONDS = 25
SVG = "image/svg+xml"


class Acted(Protocol):
    """What an action came to besides the new page."""

    @property
    def cookie(self) -> str | None:
        """What this browser is known by from now on; None leaves it as it is."""


class Counter(Protocol):
    """What stands behind the face; `browser` is the content of its cookie, None without one."""

    def page(self, browser: str | None) -> Page:
        """What this browser shows now: a pure function of the journal."""

    def act(self, browser: str | None, action: str, form: Mapping[str, str]) -> Acted:
        """Do what was tapped; a refusal is a message on the next page, never an error."""

    def version(self, browser: str | None) -> int:
        """The version of the page this browser would get now."""

    def wait(self, browser: str | None, seen: int, seconds: int) -> int:
        """The version as soon as it is another than `seen`, or after `seconds` at the latest."""

    def guest(self, browser: str | None, language: Language) -> GuestPage:
        """What the guest in front of this till sees now, in the guest's language."""

    def picture(self, browser: str | None, name: str) -> bytes | None:
        """A QR code as SVG by the name that stands in the page; None if this till has none."""

    def sheet(self, browser: str | None, number: str) -> str | None:
        """The receipt of this number as an HTML document to print; None if there is none."""


def register(counter: Counter) -> Blueprint:
    """The pages below `/kasse/`."""
    face = Blueprint("till", __name__, url_prefix="/kasse", template_folder="templates")
    _add_pages(face, counter)
    _add_papers(face, counter)
    return face


def _add_pages(face: Blueprint, counter: Counter) -> None:
    @face.get("/")
    @needs(Permission.CHARGES_WRITE)
    def show() -> Response:
        return _shown(counter.page(_browser()), _browser())

    @face.post("/do/<action>")
    @needs(Permission.CHARGES_WRITE)
    def do(action: str) -> Response:
        refuse_strangers()
        browser = _browser()
        acted = counter.act(browser, action, _form())
        browser = acted.cookie or browser
        if _is_part():
            return _shown(counter.page(browser), browser)
        there = Response(status=303, headers={"Location": url_for("till.show")})
        return _remembering(there, browser)

    @face.get("/gast")
    @needs(Permission.CHARGES_WRITE)
    def guest() -> Response:
        language: Language = "en" if request.args.get("sprache") == "en" else "de"
        page = counter.guest(_browser(), language)
        return Response(render_guest(page), mimetype="text/html", headers={"Vary": "Cookie"})

    @face.get("/news")
    @needs(Permission.CHARGES_WRITE)
    def news() -> Response:
        seen = request.args.get("seen", type=int)
        if seen is None:
            abort(400)
        return jsonify(version=counter.wait(_browser(), seen, LONGEST_WAIT_SECONDS))


def _add_papers(face: Blueprint, counter: Counter) -> None:
    @face.get("/picture/<name>.svg")
    @needs(Permission.CHARGES_WRITE)
    def picture(name: str) -> Response:
        drawn = counter.picture(_browser(), name)
        return Response(drawn, mimetype=SVG) if drawn is not None else abort(404)

    @face.get("/receipt/<number>")
    @needs(Permission.CHARGES_WRITE)
    def receipt(number: str) -> Response:
        sheet = counter.sheet(_browser(), number)
        return Response(sheet, mimetype="text/html") if sheet is not None else abort(404)


def render(page: Page, *, whole: bool = True) -> str:
    """The page as HTML: the document, or only what an action's answer replaces."""
    say = words_of(page.frame.language)
    return render_template(
        "till/page.html" if whole else "till/inside.html",
        page=page,
        t=say,
        f=Formats(page.frame.language),
        said=lambda message: _said(message, say, Formats(page.frame.language)),
        chips_of=lambda frame: chips_of(frame, say, Formats(page.frame.language)),
        step_of=step_of,
    )


def render_guest(page: GuestPage) -> str:
    """The guest's display as HTML."""
    return render_template(
        "till/guest.html", page=page, t=words_of(page.language), f=Formats(page.language)
    )


def _said(message: Message, say: Say, formats: Formats) -> str:
    """The sentence of a message; one nobody wrote a sentence for is still said."""
    name = f"message.{message.what}"
    if name not in catalogue():
        return say("message.refused")
    values = {
        key: formats.euro(value) if key.endswith("_cents") and isinstance(value, int) else value
        for key, value in message.values
    }
    return say(name, **values)


def _shown(page: Page, browser: str | None) -> Response:
    return _remembering(Response(render(page, whole=not _is_part()), mimetype="text/html"), browser)


def _remembering(answer: Response, browser: str | None) -> Response:
    if browser:
        answer.set_cookie(
            COOKIE, browser, max_age=COOKIE_SECONDS, path="/kasse", secure=request.is_secure,
            httponly=True, samesite="Strict",
        )  # fmt: skip
    answer.headers["Vary"] = "HX-Request, Cookie"
    return answer


def _browser() -> str | None:
    return request.cookies.get(COOKIE)


def _is_part() -> bool:
    return "HX-Request" in request.headers


def _form() -> dict[str, str]:
    """The fields of the tap; an amount that was typed also stands there in cents."""
    form = request.form.to_dict()
    if "tendered" in form and (cents := typed_cents(form["tendered"])) is not None:
        form.setdefault("tendered_cents", str(cents))
    return form
