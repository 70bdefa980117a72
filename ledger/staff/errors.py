"""What the staff services say no to, one class each, under the ledger's root.

    LedgerError
    ├── UnknownPerson       no staff code or session of this kind
    ├── LoginTaken          another person signs in by this name
    ├── LoginMalformed      a name nobody can type at sign-in
    ├── NameMissing         a person without a name, or with one too long
    ├── PersonNeedsSite     cashiers and site managers have a site, all others have none
    ├── UnknownSite         the city has no facility of this code
    ├── NotYourself         an administrator does this to others only
    ├── PasswordTooWeak     too short, too long, or easily guessed
    ├── PinMalformed        not six digits, or six that everybody tries first
    └── PinNeedsSite        who belongs to no site signs in at no till

A wrong password, a wait and a PIN that is taken are no exceptions but answers: they must be
written down, and an exception would roll that back.
"""

from dataclasses import dataclass

from ledger.errors import LedgerError


@dataclass
class UnknownPerson(LedgerError):
    """Nobody has this staff code."""

    person: str
    code = "person_unknown"


@dataclass
class LoginTaken(LedgerError):
    """Another person signs in by this name, or did."""

    login: str
    code = "login_taken"


@dataclass
class LoginMalformed(LedgerError):
    """2 to 40 of a–z, 0–9, dot, hyphen and underscore; the first one a letter or a digit."""

    login: str
    code = "login_malformed"


@dataclass
class NameMissing(LedgerError):
    """A person is called something of 1 to 80 characters."""

    code = "name_missing"


@dataclass
class PersonNeedsSite(LedgerError):
    """Exactly the roles that work at one site have one."""

    role: str
    code = "person_needs_site"


@dataclass
class UnknownSite(LedgerError):
    """The city has no facility of this code."""

    facility: str
    code = "site_unknown"


@dataclass
class NotYourself(LedgerError):
    """Who manages accounts does not lock, move or promote themselves."""

    code = "not_yourself"


@dataclass
class PasswordTooWeak(LedgerError):
    """12 to 128 characters, of which many are different, without the person's own name."""

    code = "password_too_weak"


@dataclass
class PinMalformed(LedgerError):
    """Six digits that are neither all the same nor in a row."""

    code = "pin_malformed"


@dataclass
class PinNeedsSite(LedgerError):
    """Only who belongs to a site signs in at its tills."""

    code = "pin_needs_site"
