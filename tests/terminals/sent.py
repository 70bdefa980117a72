"""Items as a till sends them, and the people who stand behind it."""

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from sqlalchemy import text

from config.database import Database
from ledger.permissions import Caller
from ledger.staff.people import Post, add_person
from tests.api_client import Api, a_charge, an_api

ITEMS = "/api/v1/till/items"
AT = "2026-11-17T07:42:10+01:00"
SHIFT = "2026-11-17-1"
ADMINISTRATOR = Caller("test", "administrator")


@dataclass(frozen=True, slots=True)
class Site:
    """The pool's till B01-1 with a cashier, a second one, and the manager of the pool."""

    api: Api
    cashier: str
    other_cashier: str
    manager: str
    stranger: str

    def send(self, *items: Any) -> list[dict[str, Any]]:
        """Send items and return their outcomes."""
        answer = self.api.till.post(ITEMS, {"items": list(items)})
        assert answer.status_code == 200, answer.json
        outcomes: list[dict[str, Any]] = answer.json["outcomes"]
        return outcomes

    def sell(self, **changes: Any) -> str:
        """A charge that went through; its key."""
        sale = item("charge", a_charge(shift=SHIFT, **changes))
        (outcome,) = self.send(sale)
        assert outcome["state"] == "taken", outcome
        return str(sale["key"])

    def balance(self, account: str) -> int:
        """Debits less credits of an account, in cents; 0 where it does not exist yet."""
        found = self.api.finance.get(f"/api/v1/balances/{account}").json
        return found.get("debit_balance_cents", 0) if "code" not in found else 0


def a_site(city: Database) -> Site:
    """Aachen with people at the pool; the stranger manages another one."""
    posts = {
        "cashier": Post("cashier", "B01"), "other": Post("cashier", "B01"),
        "manager": Post("site_manager", "B01"), "stranger": Post("site_manager", "B02"),
    }  # fmt: skip
    with city.transaction() as session:
        codes = [
            add_person(session, ADMINISTRATOR, login=f"{name}.b", name=name.title(), post=post).code
            for name, post in posts.items()
        ]
    return Site(an_api(city), *codes)


def item(kind: str, body: Any, *, key: Any = None, seq: int = 1, at: str = AT) -> dict[str, Any]:
    """One item with a key of its own."""
    return {"seq": seq, "key": str(key or uuid4()), "kind": kind, "at": at, "body": body}


def an_attempt(state: str, **changes: Any) -> dict[str, Any]:
    """A card payment of ten euros at the pool's terminal."""
    return {
        "attempt": str(uuid4()), "basket": str(uuid4()), "kind": "payment", "amount_cents": 1000,
        "terminal": "B01-1", "adapter": "zvt", "state": state, "at": AT, "reason": None,
        "evidence": None, "statement": None, "statement_by": None,
    } | changes  # fmt: skip


def opening(person: str, **changes: Any) -> dict[str, Any]:
    """A shift that begins with 150.00."""
    return {
        "shift": SHIFT, "opened_at": AT, "person": person, "float_cents": 15000,
        "counts": {"5000": 2, "1000": 5},
    } | changes  # fmt: skip


def closing(person: str, *, counted: int, expected: int, **changes: Any) -> dict[str, Any]:
    """The end of that shift, counted blind."""
    return {
        "shift": SHIFT, "business_day": "2026-11-17", "opened_at": AT,
        "closed_at": "2026-11-17T14:05:00+01:00", "person": person, "next_person": None,
        "counts": [{"5000": 3}], "expected_cents": expected, "counted_cents": counted,
        "difference_cents": counted - expected, "reason": "Wechselgeldfehler",
        "takings": {"cash": 1000}, "voids": 0, "guests": 12, "z_number": 17,
        "receipts": ["B01-1-000231", "B01-1-000240"],
    } | changes  # fmt: skip


def a_refund(charge: str, cents: int, person: str, **changes: Any) -> dict[str, Any]:
    """Somebody wants their money back."""
    return {
        "refund": str(uuid4()), "charge": charge, "amount_cents": cents, "lines": None,
        "reason": "Bad vorzeitig geschlossen", "person": person,
    } | changes  # fmt: skip


def a_payment(refund: str, person: str, **changes: Any) -> dict[str, Any]:
    """The refund leaves the drawer."""
    return {
        "refund": refund, "attempt": None, "way": "cash", "paid_at": AT, "person": person,
    } | changes  # fmt: skip


def states(outcomes: list[dict[str, Any]]) -> list[tuple[str, str | None]]:
    """State and code of each outcome."""
    return [(one["state"], one.get("code")) for one in outcomes]


def rows(city: Database, query: str) -> list[Any]:
    """What the database holds."""
    with city.read_only() as session:
        return list(session.execute(text(query)))
