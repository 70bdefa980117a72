"""What the pages of the ways in show, and what they say when something is not right."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from babel.dates import format_time
from sqlalchemy.orm import Session

from ledger.calendar import CITY_TIME
from ledger.catalogue.posted import posted_catalogue
from terminals.face.page import language, say


@dataclass(frozen=True, slots=True)
class CodePage:
    """The field for a code, with what was typed and what is wrong with it."""

    code: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class WelcomePage:
    """A code that opens: the daycare, and the field for the address."""

    code: str
    facility: str
    email: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class AskPage:
    """The sign-in. is_again: somebody is signed in and shall prove it once more. is_over: a link
    led here that opens nothing."""

    next_page: str = ""
    is_again: bool = False
    email: str = ""
    problem: str = ""
    is_over: bool = False


@dataclass(frozen=True, slots=True)
class SentPage:
    """A mail may be on its way to `email`; another one may be asked for in `wait_seconds`."""

    email: str
    wait_seconds: int


@dataclass(frozen=True, slots=True)
class LinkPage:
    """The button that uses a link up; is_elsewhere: it was asked for in another browser."""

    token: str
    is_elsewhere: bool


@dataclass(frozen=True, slots=True)
class PasswordPage:
    """Address and password."""

    next_page: str
    email: str = ""
    problem: str = ""


def facility_name(session: Session, code: str) -> str:
    """What a house is called."""
    return posted_catalogue(session).facilities[code].name


def wait_in_words(until: datetime) -> str:
    """Until when nothing more is looked at."""
    # The next full minute: at the minute shown it works.
    shown = (until + timedelta(seconds=59)).astimezone(CITY_TIME)
    return say("entry.wait", time=format_time(shown, "H:mm", locale=language()))


def refusal_in_words(
    why: str, *, left: int = 0, wait_seconds: int = 0, at: datetime | None = None
) -> str:
    """Why a code or a link opens nothing, and what helps."""
    if why == "too_many_tries" and at is not None:
        return wait_in_words(at + timedelta(seconds=wait_seconds))
    if why == "code_unknown":
        return say("entry.code.bad", n=left)
    return say(f"entry.{why}")
