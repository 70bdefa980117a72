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
    ENROL = "devices.enrol"
    TILL_ITEMS_WRITE = "till_items.write"
    TILL_STAFF_READ = "till_staff.read"
    GUEST_CODES_READ = "guest_codes.read"
    APPROVALS_READ = "approvals.read"
    APPROVALS_DECIDE = "approvals.decide"
    TILLS_READ = "tills.read"
    DEVICES_MANAGE = "devices.manage"
    STAFF_SIGN_IN = "staff.sign_in"
    STAFF_SELF = "staff.self"
    STAFF_MANAGE = "staff.manage"
    AUDIT_READ = "audit.read"
    PUBLIC_USE = "public.use"
    PORTAL_SIGN_IN = "portal.sign_in"
    PORTAL_OWN = "portal.own"
    WEBHOOKS_SEND = "webhooks.send"
    FAMILIES_INVITE = "families.invite"
    CASES_READ = "cases.read"
    CASES_DECIDE = "cases.decide"
    PAYMENTS_READ = "payments.read"
    PAY_LINKS_WRITE = "pay_links.write"
    GATES_SYNC = "gates.sync"
    RECONCILE_READ = "reconcile.read"
    RECONCILE_DECIDE = "reconcile.decide"
    FILES_WRITE = "files.write"
    DAYS_SIGN = "days.sign"
    EXPORTS_WRITE = "exports.write"
    AUDITS_WRITE = "audits.write"
    CARRIER_READ = "data_carrier.read"


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks, in a role of `config.access`: a device by its name, a person by their staff code.

    facility, till: the only place it may act for; None where it is not bound to one. person:
    what the one who is signed in is called; None for devices, and for the demo's visitor.
    session_id: where that person is signed in. wallet: whose own pages a payer may see.
    """

    name: str
    role: str
    facility: str | None = None
    till: str | None = None
    person: str | None = None
    session_id: int | None = None
    wallet: str | None = None

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
