"""The pages of the people who work here: signing in, one's own account, everybody's, the log."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from config.web.pages.shell import Shell


@dataclass(frozen=True, slots=True)
class SignInPage:
    """The question for name and password; problem: why the last try failed, in words."""

    shell: Shell
    next: str
    login: str = ""
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class CodePage:
    """The question for the six digits; secret: to set up a second device first, in groups of 4."""

    shell: Shell
    next: str
    name: str
    secret: str | None
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class NewPasswordPage:
    """The question for a password of one's own after a one-time password."""

    shell: Shell
    next: str
    login: str
    shortest: int
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class SessionLine:
    """Where somebody is signed in: browser in words, since when, and when last seen."""

    id: int
    browser: str
    address: str
    signed_in_at: datetime
    seen_at: datetime
    is_this: bool


@dataclass(frozen=True, slots=True)
class AccountPage:
    """One's own account. form: which form failed ("password" or "pin"), problem: why."""

    shell: Shell
    code: str
    login: str
    name: str
    role: str
    site: str | None
    has_pin: bool
    shortest: int
    sessions: Sequence[SessionLine]
    form: str | None = None
    problem: str | None = None
    done: str | None = None


@dataclass(frozen=True, slots=True)
class PersonLine:
    """One account as the administrator sees it; site: the name of the facility."""

    code: str
    login: str
    name: str
    role: str
    facility: str | None
    site: str | None
    is_active: bool
    state: str
    state_kind: str
    has_code: bool
    has_pin: bool
    added_at: datetime


@dataclass(frozen=True, slots=True)
class PeoplePage:
    """Everybody with an account, and the form for a new one, filled with what was typed."""

    shell: Shell
    people: Sequence[PersonLine]
    roles: Sequence[tuple[str, str]]
    sites: Sequence[tuple[str, str]]
    typed: Mapping[str, str]
    problem: str | None = None

    @property
    def active_count(self) -> int:
        """How many may sign in."""
        return sum(person.is_active for person in self.people)


@dataclass(frozen=True, slots=True)
class PersonPage:
    """One account. password: a one-time password that is shown this once; until when it is good.

    is_self: the administrator looks at the own account, whose role and state others decide.
    """

    shell: Shell
    person: PersonLine
    roles: Sequence[tuple[str, str]]
    sites: Sequence[tuple[str, str]]
    typed: Mapping[str, str]
    is_self: bool
    password: str | None = None
    password_until: datetime | None = None
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class DeedLine:
    """One row of the audit log in words; facts: its details as name and value."""

    at: datetime
    who: str
    name: str | None
    role: str
    words: str
    what: str
    about: str | None
    facts: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class AuditPage:
    """Rows of the audit log, the newest first; older: the address of the next rows."""

    shell: Shell
    deeds: Sequence[DeedLine]
    who: str
    subject: str
    day: date | None
    subjects: Sequence[tuple[str, str]]
    with_money: bool
    older: str | None
    problem: str | None = None
