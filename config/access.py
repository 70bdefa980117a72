"""Who may do what: the one table of roles, and the gate every request passes before its view."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from urllib.parse import urlsplit

from flask import Flask, current_app, g, request
from werkzeug.exceptions import Forbidden, Unauthorized

from ledger.permissions import Books, Caller, Permission
from terminals.devices import find_device

ANONYMOUS = "anonymous"
_ANYONE = frozenset({Permission.HEALTH_READ, Permission.ASSETS_READ})
_OFFERS = frozenset({Permission.REFERENCE_READ, Permission.CATALOGUE_READ})
_BOOKS = frozenset(
    {
        Permission.CITY_READ,
        Permission.CHARGES_READ,
        Permission.WALLETS_READ,
        Permission.BALANCES_READ,
        Permission.JOURNAL_READ,
    }
)

# The administrator looks after devices and settings and has no hand on money, not even an eye.
ROLES: Mapping[str, frozenset[Permission]] = MappingProxyType(
    {
        ANONYMOUS: _ANYONE,
        "till": _ANYONE
        | _OFFERS
        | {
            Permission.CHARGES_READ,
            Permission.CHARGES_WRITE,
            Permission.CHARGES_REVERSE,
            Permission.WALLETS_READ,
            Permission.WALLETS_TOP_UP,
        },
        "finance": _ANYONE | _OFFERS | _BOOKS | {Permission.CHARGES_REVERSE},
        "auditor": _ANYONE | _OFFERS | _BOOKS,
        "administrator": _ANYONE | _OFFERS,
    }
)
DEVICE_ROLES = tuple(role for role in ROLES if role != ANONYMOUS)

_NOBODY = Caller(ANONYMOUS, ANONYMOUS)
_LOOPBACK = frozenset({"127.0.0.1", "::1"})


def init_app(app: Flask, books: Books, *, visitor: Caller | None = None) -> None:
    """Ask every request for the permission its view names; a view that names none is closed.

    visitor: who a request without a token is taken for, in the demonstration alone. It holds
    for requests from this machine, addressed to it by name, that only look: a page somewhere
    else can then neither read nor book anything through the browser of whoever looks.
    """
    app.extensions["books"] = books

    @app.before_request
    def check() -> None:
        if request.url_rule is None:
            return  # no such address or method: 404 or 405 follows
        g.caller = _caller(books, visitor)
        permission = permission_of(app.view_functions[request.url_rule.endpoint])
        if permission is None:
            current_app.logger.error("%s names no permission", request.url_rule.endpoint)
            raise Forbidden
        if permission in ROLES[g.caller.role]:
            return
        raise Unauthorized if g.caller is _NOBODY else Forbidden


def permission_of(view: Callable[..., object]) -> Permission | None:
    """What the view's callers need, as `ledger.permissions.needs` marked it."""
    return getattr(view, "permission", None)


def roles_with(permission: Permission | None) -> list[str]:
    """The roles that hold this permission, in the table's order."""
    return [role for role, granted in ROLES.items() if permission in granted]


def _caller(books: Books, visitor: Caller | None) -> Caller:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if not scheme:
        return visitor if visitor and _only_looks_from_here() else _NOBODY
    if scheme.lower() != "bearer" or not token:
        raise Unauthorized
    with books.read_only() as session:
        device = find_device(session, token.strip())
    if device is None:
        raise Unauthorized
    return Caller(device.name, device.role, device.facility, device.till)


def _only_looks_from_here() -> bool:
    return (
        request.method in {"GET", "HEAD"}
        and request.remote_addr in _LOOPBACK
        # Against DNS rebinding: a foreign name that resolves to this machine is not this machine.
        and urlsplit(f"//{request.host}").hostname in {"localhost", *_LOOPBACK}
    )
