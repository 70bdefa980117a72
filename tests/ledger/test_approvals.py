"""Approvals: nobody decides their own, not even past the program; decided once and for good."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, ProgrammingError
from sqlalchemy.orm import Session

from config.access import roles_with
from ledger.approvals import (
    DECIDING_ROLES,
    LIMITS_CENTS,
    ApprovalDecided,
    NotTheirs,
    OwnRequest,
    Request,
    UnknownApproval,
    decide,
    decided,
    find_approval,
    pending,
    request_approval,
)
from ledger.balances import balance
from ledger.charges import BasketLine
from ledger.permissions import Caller, Permission
from ledger.staff.people import Post, add_person
from tests.ledger.counter import answer, asked, entry_count

NOW = datetime(2026, 11, 17, 15, tzinfo=UTC)
BY = Caller("test", "administrator")


@pytest.fixture
def people(city: Session) -> dict[str, Caller]:
    """A cashier, both who may decide at the pool, the manager of another one, and finance."""
    posts = {
        "cashier": Post("cashier", "B01"), "manager": Post("site_manager", "B01"),
        "approver": Post("finance_approver"), "stranger": Post("site_manager", "B02"),
        "finance": Post("finance"),
    }  # fmt: skip
    added = {
        name: add_person(city, BY, login=f"{name}.x", name=name.title(), post=post)
        for name, post in posts.items()
    }
    return {
        name: Caller(one.code, one.role, one.facility, person=one.name)
        for name, one in added.items()
    }


def a_request(by: Caller, cents: int = -1500, **changes: object) -> Request:
    values = {
        "id": uuid4(), "kind": "cash_difference", "subject": "2026-11-17-1", "facility": "B01",
        "till": "B01-1", "amount_cents": cents, "reason": "verzählt", "requested_by": by.name,
        "requested_at": NOW,
    }  # fmt: skip
    return Request(**(values | changes))  # type: ignore[arg-type]


def waiting(city: Session, by: Caller, cents: int = -1500) -> UUID:
    request = a_request(by, cents)
    assert request_approval(city, request) == "pending"
    return request.id


@pytest.mark.parametrize("who", ["manager", "approver"])
def test_an_accepted_shortage_becomes_an_expense(
    city: Session, people: dict[str, Caller], who: str
) -> None:
    one = waiting(city, people["cashier"])
    done = decide(city, people[who], one, decision="approved", at=NOW)
    assert (done.state, done.decider, done.is_by_rule) == ("approved", who.title(), False)
    assert balance(city, "549100").debit_balance_cents == 1500
    assert balance(city, "171300").debit_balance_cents == -1500


def test_what_is_refused_or_too_much_books_nothing(
    city: Session, people: dict[str, Caller]
) -> None:
    before = entry_count(city)
    missing, over = (waiting(city, people["cashier"], cents) for cents in (-1500, 1500))
    decide(city, people["manager"], missing, decision="refused", at=NOW, reason="Bitte klären")
    decide(city, people["manager"], over, decision="approved", at=NOW)
    assert entry_count(city) == before
    assert [one.state for one in decided(city)] == ["approved", "refused"]


@pytest.mark.parametrize("kind", sorted(LIMITS_CENTS))
def test_the_limit_itself_needs_nobody_and_a_cent_more_does(
    city: Session, people: dict[str, Caller], kind: str
) -> None:
    limit = LIMITS_CENTS[kind]
    within = a_request(people["cashier"], limit, kind=kind)
    assert request_approval(city, within) == "approved"
    assert find_approval(city, within.id).is_by_rule
    assert request_approval(city, a_request(people["cashier"], limit + 1, kind=kind)) == "pending"


def test_who_may_not_decide_is_told_why(city: Session, people: dict[str, Caller]) -> None:
    one = waiting(city, people["manager"])
    with pytest.raises(OwnRequest):
        decide(city, people["manager"], one, decision="approved", at=NOW)
    for who in ("cashier", "stranger", "finance"):
        with pytest.raises(NotTheirs):
            decide(city, people[who], one, decision="approved", at=NOW)
    with pytest.raises(NotTheirs):
        decide(city, people["approver"], one, decision="withdrawn", at=NOW)
    with pytest.raises(UnknownApproval):
        decide(city, people["approver"], uuid4(), decision="approved", at=NOW)
    assert [each.request.id for each in pending(city)] == [one]


def test_it_is_decided_once(city: Session, people: dict[str, Caller]) -> None:
    one = waiting(city, people["cashier"])
    decide(city, people["approver"], one, decision="approved", at=NOW)
    for decision in ("approved", "refused", "withdrawn"):
        with pytest.raises(ApprovalDecided):
            decide(city, people["manager"], one, decision=decision, at=NOW, reason="doch nicht")


def test_a_place_sees_its_own_requests(city: Session, people: dict[str, Caller]) -> None:
    waiting(city, people["cashier"])
    assert len(pending(city, facility="B01")) == 1
    assert pending(city, facility="B02") == []


def test_nobody_asks_who_does_not_work_here(city: Session) -> None:
    with pytest.raises(NotTheirs):
        request_approval(city, a_request(Caller("S-9999", "cashier")))


INSERT = (
    "INSERT INTO approval_decision (approval, requested_by, decision, is_by_rule, decided_by,"
    " decided_at) VALUES (:id, :asked, :decision, :rule, :by, now())"
)


@pytest.mark.parametrize(
    ("row", "rule"),
    [
        ({}, "approval_by_second_person"),
        ({"asked": "manager", "by": "cashier"}, "approval_decision_of"),
        ({"asked": "manager", "by": "manager"}, "approval_by_second_person"),
        ({"decision": "withdrawn", "by": "manager"}, "approval_by_second_person"),
        ({"rule": True, "by": None}, "approval_rule_keeps_its_limit"),
        ({"rule": True}, "approval_rule_keeps_its_limit"),
        ({"by": None}, "approval_decided_by_somebody"),
        ({"rule": True, "by": None, "decision": "refused"}, "approval_rule"),
        ({"decision": "refused", "by": "manager"}, "approval_no_is_explained"),
        ({"decision": "perhaps", "by": "manager"}, "approval_decision_kind"),
    ],
)
def test_not_even_direct_sql_as_the_application_approves_its_own(
    city: Session, people: dict[str, Caller], row: dict[str, object], rule: str
) -> None:
    one = waiting(city, people["cashier"])
    values = {"asked": "cashier", "by": "cashier", "decision": "approved", "rule": False} | row
    named = {
        name: people[value].name if value in people else value  # type: ignore[index]
        for name, value in values.items()
    }
    with pytest.raises(IntegrityError, match=rule), city.begin_nested():
        city.execute(text(INSERT), named | {"id": one})
    assert find_approval(city, one).state == "pending"


@pytest.mark.parametrize(
    "change",
    ["UPDATE approval SET requested_by = 'S-0002'", "UPDATE approval SET limit_cents = 9999999",
     "UPDATE approval_decision SET decision = 'approved'", "DELETE FROM approval_decision",
     "DELETE FROM approval", "TRUNCATE approval_decision", "DELETE FROM refund",
     "UPDATE refund SET amount_cents = 1", "DELETE FROM refund_payment",
     "ALTER TABLE approval_decision DISABLE TRIGGER ALL",
     "INSERT INTO approval_decision (approval, requested_by, decision, is_by_rule, decided_by,"
     " decided_at, recorded_at) VALUES (gen_random_uuid(), 'x', 'approved', false, 'y', now(),"
     " now())"],
)  # fmt: skip
def test_requests_and_decisions_are_only_ever_added_to(city: Session, change: str) -> None:
    with pytest.raises(ProgrammingError, match=r"permission denied|must be owner"):
        city.execute(text(change))


def test_the_owner_of_the_tables_is_stopped_too(city: Session, people: dict[str, Caller]) -> None:
    one = waiting(city, people["cashier"])
    decide(city, people["manager"], one, decision="refused", at=NOW, reason="nein")
    city.execute(text("RESET ROLE"))
    switched_on = (
        "SELECT bool_and(tgenabled = 'A') FROM pg_trigger WHERE NOT tgisinternal AND "
        "tgrelid IN ('approval'::regclass, 'approval_decision'::regclass, 'refund'::regclass)"
    )
    assert city.scalar(text(switched_on))


@pytest.fixture
def sale(city: Session) -> UUID:
    """A ticket for 5.00, sold."""
    request = asked(till="B01-1")
    answer(city, request)
    return request.key


def a_refund_row(city: Session, by: Caller, charge: UUID, cents: int) -> None:
    request = a_request(by, cents, kind="refund")
    request_approval(city, request)
    city.execute(
        text("INSERT INTO refund VALUES (:id, :charge, :cents, '[]')"),
        {"id": request.id, "charge": charge, "cents": cents},
    )


def test_no_refund_exceeds_its_sale_whoever_writes_it(
    city: Session, people: dict[str, Caller], sale: UUID
) -> None:
    a_refund_row(city, people["cashier"], sale, 300)
    with pytest.raises(IntegrityError, match="within what is left"):
        a_refund_row(city, people["cashier"], sale, 201)


def test_only_what_was_approved_is_paid_whoever_writes_it(
    city: Session, people: dict[str, Caller]
) -> None:
    sold = asked(BasketLine("POOL-AD", 10), till="B01-1")
    entry_id = answer(city, sold).entry_id
    request = a_request(people["cashier"], 5000, kind="refund")
    request_approval(city, request)
    city.execute(
        text("INSERT INTO refund VALUES (:id, :charge, 5000, '[]')"),
        {"id": request.id, "charge": sold.key},
    )
    payment = (
        "INSERT INTO refund_payment (refund, way, paid_at, paid_by, approved_entry, paid_entry)"
        " VALUES (:id, 'cash', now(), 'x', :entry, :entry)"
    )
    with pytest.raises(IntegrityError, match="refund_payment_was_approved"):
        city.execute(text(payment), {"id": request.id, "entry": entry_id})


def test_the_roles_that_decide_are_those_of_the_table() -> None:
    assert set(roles_with(Permission.APPROVALS_DECIDE)) == DECIDING_ROLES
