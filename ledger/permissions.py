"""What may be asked of the system, by name; who may ask it stands in `config.access` alone.

Every view names its permission where it is defined, in plain Python, so that both web packages
can do so without knowing each other or how a caller is recognised.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol, TypeVar

from sqlalchemy.orm import Session

View = TypeVar("View", bound=Callable[..., Any])


class Permission(StrEnum):
    """One name for each thing a role may be allowed to do."""

    HEALTH_READ = "health.read"
    ASSETS_READ = "assets.read"
    REFERENCE_READ = "reference.read"
    CITY_READ = "city.read"
    CATALOGUE_READ = "catalogue.read"
    CHARGES_READ = "charges.read"
    CHARGES_WRITE = "charges.write"
    CHARGES_REVERSE = "charges.reverse"
    WALLETS_READ = "wallets.read"
    WALLETS_TOP_UP = "wallets.top_up"
    BALANCES_READ = "balances.read"
    JOURNAL_READ = "journal.read"


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: a device by its name, or a visitor, in a role of `config.access`.

    facility, till: the only place it may act for; None where it is not bound to one.
    """

    name: str
    role: str
    facility: str | None = None
    till: str | None = None

    def may_act_at(self, facility: str, till: str | None = None) -> bool:
        """Whether the place is within this caller's bounds."""
        return self.facility in (None, facility) and (self.till is None or till == self.till)


class Books(Protocol):
    """What a view needs of the database: `config.database.Database` has it."""

    def transaction(self) -> AbstractContextManager[Session]:
        """A session whose work is committed at the end, or not at all."""

    def read_only(self) -> AbstractContextManager[Session]:
        """A session that sees one moment of the books and cannot write."""


def needs(permission: Permission) -> Callable[[View], View]:
    """Mark a view with the permission its callers need, just below its route.

    A view without the mark is closed to everybody: `config.access` refuses it.
    """

    def marked(view: View) -> View:
        view.permission = permission  # type: ignore[attr-defined]
        return view

    return marked
