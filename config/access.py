"""Who may do what: the one table of roles, and the gate every request passes before its view."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from urllib.parse import urlsplit

from flask import Flask, current_app, g, request
from werkzeug.exceptions import Forbidden, Unauthorized

from config.staff.cookie import signed_in_person
from ledger.permissions import Books, Caller, Permission
from ledger.staff.people import SITE_ROLES, STAFF_ROLES
from ledger.staff.sessions import SessionRule
from terminals.devices import find_device
from terminals.portal.cookie import signed_in_payer

ANONYMOUS = "anonymous"
_ANYONE = frozenset({Permission.HEALTH_READ, Permission.ASSETS_READ, Permission.PUBLIC_USE})
_OFFERS = frozenset({Permission.REFERENCE_READ, Permission.CATALOGUE_READ})
_PERSON = frozenset({Permission.STAFF_SIGN_IN, Permission.STAFF_SELF})
_BOOKS = frozenset(
    {
        Permission.CITY_READ,
        Permission.CHARGES_READ,
        Permission.WALLETS_READ,
        Permission.BALANCES_READ,
        Permission.JOURNAL_READ,
        Permission.APPROVALS_READ,
        Permission.TILLS_READ,
        Permission.PAYMENTS_READ,
        Permission.CASES_READ,
        Permission.RECONCILE_READ,
    }
)
_FINANCE = (
    _ANYONE
    | _OFFERS
    | _PERSON
    | _BOOKS
    | {
        Permission.CHARGES_REVERSE,
        Permission.CASES_DECIDE,
        Permission.PAY_LINKS_WRITE,
        Permission.RECONCILE_DECIDE,
        Permission.FILES_WRITE,
        Permission.DAYS_SIGN,
        Permission.EXPORTS_WRITE,
        Permission.CARRIER_READ,
    }
)

# Whoever has a site (cashier, site manager, till) sees and decides what is that site's alone: the
# views ask `Caller.may_act_at`. The administrator looks after people, devices and settings and has
# no hand on money, not even an eye.
ROLES: Mapping[str, frozenset[Permission]] = MappingProxyType(
    {
        ANONYMOUS: _ANYONE
        | {
            Permission.STAFF_SIGN_IN,
            Permission.ENROL,
            Permission.PORTAL_SIGN_IN,
            Permission.WEBHOOKS_SEND,
        },
        "payer": _ANYONE | {Permission.PORTAL_SIGN_IN, Permission.PORTAL_OWN},
        "gate": _ANYONE | {Permission.CATALOGUE_READ, Permission.GATES_SYNC},
        "till": _ANYONE
        | _OFFERS
        | {
            Permission.CHARGES_READ,
            Permission.CHARGES_WRITE,
            Permission.CHARGES_REVERSE,
            Permission.WALLETS_READ,
            Permission.WALLETS_TOP_UP,
            Permission.TILL_ITEMS_WRITE,
            Permission.TILL_STAFF_READ,
            Permission.GUEST_CODES_READ,
            Permission.PAY_LINKS_WRITE,
        },
        "cashier": _ANYONE | _OFFERS | _PERSON,
        "site_manager": _ANYONE
        | _OFFERS
        | _PERSON
        | {
            Permission.APPROVALS_READ,
            Permission.APPROVALS_DECIDE,
            Permission.TILLS_READ,
            Permission.FAMILIES_INVITE,
        },
        "finance": _FINANCE,
        "finance_approver": _FINANCE | {Permission.APPROVALS_DECIDE},
        "auditor": _ANYONE
        | _OFFERS
        | _PERSON
        | _BOOKS
        | {Permission.AUDIT_READ, Permission.AUDITS_WRITE, Permission.CARRIER_READ},
        "administrator": _ANYONE
        | _OFFERS
        | _PERSON
        | {
            Permission.DEVICES_MANAGE,
            Permission.STAFF_MANAGE,
            Permission.AUDIT_READ,
            Permission.FAMILIES_INVITE,
        },
    }
)
# A device and a person may have a role of the same name. What somebody must answer for is done by
# a person who is signed in, with a second factor: a token that lies in a file does not do.
DEVICE_ROLES = ("till", "gate", "finance", "auditor", "administrator")
PERSONS_ONLY = frozenset(
    {
        Permission.STAFF_SELF,
        Permission.STAFF_MANAGE,
        Permission.DEVICES_MANAGE,
        Permission.APPROVALS_DECIDE,
        Permission.AUDIT_READ,
        Permission.FAMILIES_INVITE,
        Permission.CASES_DECIDE,
        Permission.RECONCILE_DECIDE,
        Permission.FILES_WRITE,
        Permission.DAYS_SIGN,
        Permission.EXPORTS_WRITE,
        Permission.AUDITS_WRITE,
        Permission.CARRIER_READ,
    }
)

# Below /portal a payer is asked for, elsewhere a person who works here: a parent may be both.
PORTAL = "/portal"
_OF_PAYERS = frozenset({Permission.PORTAL_SIGN_IN, Permission.PORTAL_OWN})

NOBODY = Caller(ANONYMOUS, ANONYMOUS)
_LOOPBACK = frozenset({"127.0.0.1", "::1"})
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def init_app(
    app: Flask, books: Books, *, visitor: Caller | None = None, sessions: SessionRule
) -> None:
    """Ask every request for the permission its view names; a view that names none is closed.

    visitor: who a request without a token is taken for, in the demonstration alone. It holds
    for requests from this machine, addressed to it by name, that only look: a page somewhere
    else can then neither read nor book anything through the browser of whoever looks.
    sessions: how long a person stays signed in.
    """
    app.extensions["books"] = books
    app.extensions["sessions"] = sessions
    app.extensions["may"] = may

    @app.before_request
    def check() -> None:
        if request.url_rule is None:
            return  # no such address or method: 404 or 405 follows
        g.caller = NOBODY
        permission = permission_of(app.view_functions[request.url_rule.endpoint])
        g.caller = _caller(books, visitor)
        if permission is None:
            current_app.logger.error("%s names no permission", request.url_rule.endpoint)
            raise Forbidden
        if not may(g.caller, permission):
            is_nobody = g.caller is NOBODY or g.caller is visitor
            raise Unauthorized if is_nobody else Forbidden
        is_signed = permission is Permission.WEBHOOKS_SEND  # by its sender, and without a cookie
        if not (is_signed or _comes_from_here()):
            # Not by its path: a link to sign in by has its secret there.
            current_app.logger.warning("%s was asked for by another site", request.endpoint)
            raise Forbidden


def may(caller: Caller, permission: Permission | None) -> bool:
    """Whether this caller holds the permission: by role, and as a person where it takes one."""
    if permission in PERSONS_ONLY and caller.person is None:
        return False
    return permission in ROLES[caller.role]


def permission_of(view: Callable[..., object]) -> Permission | None:
    """What the view's callers need, as `ledger.permissions.needs` marked it."""
    return getattr(view, "permission", None)


def roles_with(permission: Permission | None) -> list[str]:
    """The roles that hold this permission, in the table's order."""
    return [role for role, granted in ROLES.items() if permission in granted]


def is_for_payers() -> bool:
    """Whether this request is about the parents' portal."""
    path = request.path
    if path == PORTAL or path.startswith(f"{PORTAL}/"):
        return True
    view = current_app.view_functions.get(request.endpoint or "")
    return view is not None and permission_of(view) in _OF_PAYERS


def _caller(books: Books, visitor: Caller | None) -> Caller:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if not scheme and is_for_payers():
        return signed_in_payer(books) or NOBODY
    if not scheme:
        person = signed_in_person(books)
        return person or (visitor if visitor and _only_looks_from_here() else NOBODY)
    if scheme.lower() != "bearer" or not token:
        raise Unauthorized
    with books.read_only() as session:
        device = find_device(session, token.strip())
    if device is None:
        raise Unauthorized
    return Caller(device.name, device.role, device.facility, device.till)


def _comes_from_here() -> bool:
    """Whether a request that changes something was made by a page of ours, or by a program.

    A browser adds the cookie to whatever another site makes it send, and it says where that
    came from: in Sec-Fetch-Site, or before 2023 and without HTTPS in Origin. No token in a form
    proves more, and none can be forgotten. A device's token is never sent by a browser alone,
    and nobody without a cookie has anything that could be abused below /api/.
    """
    if request.method in _SAFE or request.headers.get("Authorization"):
        return True
    if request.path.startswith("/api/") and g.caller.person is None:
        return True
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    origin = urlsplit(request.headers.get("Origin", ""))
    return origin.netloc == request.host and origin.scheme in ("https", request.scheme)


def _only_looks_from_here() -> bool:
    return (
        request.method in {"GET", "HEAD"}
        and request.remote_addr in _LOOPBACK
        # Against DNS rebinding: a foreign name that resolves to this machine is not this machine.
        and urlsplit(f"//{request.host}").hostname in {"localhost", *_LOOPBACK}
    )


assert set(STAFF_ROLES) <= set(ROLES)
assert set(SITE_ROLES) <= set(STAFF_ROLES)
