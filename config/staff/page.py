"""What the staff's views share: the books, the caller, and rendering a page of one dataclass."""

from typing import Any, Protocol, cast

from flask import Response, current_app, g, make_response, redirect, render_template

from config.errors import sentence
from config.web.pages import Shell
from ledger.errors import LedgerError
from ledger.permissions import Books, Caller
from ledger.staff.sessions import SessionRule
from ledger.staff.sign_in import Wait, Wrong

WRONG = "Name, Kennwort oder Code stimmt nicht."


class Page(Protocol):
    """A page's dataclass: it has the frame's facts."""

    @property
    def shell(self) -> Shell:
        """Who looks at which city."""


def books() -> Books:
    """The database behind the pages."""
    return cast(Books, current_app.extensions["books"])


def caller() -> Caller:
    """Whoever asks, as the gate found out."""
    return cast(Caller, g.caller)


def session_rule() -> SessionRule:
    """How long people stay signed in."""
    return cast(SessionRule, current_app.extensions["sessions"])


def shell() -> Shell:
    """The frame: the person in it is the one who is signed in."""
    return Shell(current_app.config["CITY"])


def render(template: str, page: Page, status: int = 200) -> Response:
    """The page as an answer."""
    html = render_template(f"staff/{template}", page=page, shell=page.shell)
    return make_response(html, status)


def go(address: str) -> Response:
    """Answer a form with the page to look at next, so that a reload sends nothing twice."""
    return cast(Response, redirect(address, 303))


def refusal(error: LedgerError) -> str:
    """The German sentence of what the services refused."""
    return sentence(error.code).german


def no(answer: Wrong | Wait) -> tuple[str, int, dict[str, Any]]:
    """What to say to a try that failed: the sentence, the status, and headers."""
    if isinstance(answer, Wrong):
        return WRONG, 422, {}
    wait = in_words(answer.seconds)
    said = f"Zu viele Versuche. Bitte warten Sie {wait}, dann geht es weiter."
    return said, 429, {"Retry-After": str(answer.seconds)}


def in_words(seconds: int) -> str:
    """`40` → `40 Sekunden`, `61` → `2 Minuten`: never less than it takes."""
    if seconds <= 60:
        return "1 Sekunde" if seconds == 1 else f"{seconds} Sekunden"
    return f"{-(-seconds // 60)} Minuten"
