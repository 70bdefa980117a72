"""Who approved what: each kind of act with its two people, by day, on the page and as a file."""

import csv
import io
import re
from datetime import timedelta
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from config.app import create_app
from config.database import Database
from ledger.calendar import business_day
from ledger.staff.audit import record
from reconciliation.audits.acts import KINDS, PAYER, Act, acts, acts_by_rule
from reconciliation.casework.releases import refuse, release
from reconciliation.exports.sepa.files import create_files, release_file
from reconciliation.exports.sepa.orders import release_order
from reconciliation.reports.period import Period, period_named
from tests.reconciliation.casework_stand import a_desk, now
from tests.reconciliation.closing_stand import DAY, do_sign, furnish, see, two_people
from tests.reconciliation.export_books import SETTINGS
from tests.reconciliation.payment_stand import NOW, a_payout, a_stand, an_order, ask
from tests.staff_client import signed_in

PATH = "/desk/entscheidungen"
EVER = Period(DAY.replace(year=2020), DAY.replace(year=2040))


def found(city: Database, period: Period = EVER) -> list[Act]:
    with city.read_only() as session:
        return list(acts(session, period))


def test_an_account_an_order_and_a_file_have_their_two_people(city: Database) -> None:
    stand = a_stand(city)
    a_payout(stand, 4260)
    order = an_order(stand, 1500)
    ask(stand, order)
    with city.transaction() as session:
        release_order(session, stand.checker, order.id, at=NOW)
    with city.transaction() as session:
        create_files(session, stand.maker, "pain001", settings=SETTINGS, at=NOW)
    assert [one.kind for one in found(city)] == ["payment_order", "wallet_closing"]
    with city.transaction() as session:
        release_file(session, stand.checker, "pain001", 1, settings=SETTINGS, at=NOW)
    by_kind = {one.kind: one for one in found(city)}
    amounts = {kind: one.amount_cents for kind, one in by_kind.items()}
    assert amounts == {"bank_file": 1500, "payment_order": 1500, "wallet_closing": 4260}
    assert by_kind["wallet_closing"].maker == PAYER
    maker, checker = (f"{one.person} ({one.name})" for one in (stand.maker, stand.checker))
    for kind in ("bank_file", "payment_order"):
        assert (by_kind[kind].maker, by_kind[kind].checker) == (maker, checker)
        assert (by_kind[kind].outcome, by_kind[kind].decided_at) == ("approved", NOW)
    day = business_day(NOW)
    assert len(found(city, Period(day, day))) == 3
    assert found(city, Period(day + timedelta(days=1), EVER.last)) == []
    assert found(city, Period(day, day, NOW)) == []  # nothing was known before it was decided


def test_released_and_refused_write_offs_are_told_apart(city: Database) -> None:
    desk = a_desk(city)
    first = desk.ask_write_off()
    with city.transaction() as session:
        refuse(session, desk.carla, first.request, words="Beleg fehlt")
    second = desk.ask_write_off()
    with city.transaction() as session:
        release(session, desk.carla, second.request, at=now())
    (newer, older) = found(city)
    assert {newer.kind, older.kind} == {"write_off"}
    assert (older.outcome, older.words, older.entry_id) == ("refused", "Beleg fehlt", None)
    assert (newer.outcome, newer.entry_id is not None) == ("approved", True)
    assert newer.subject.startswith("Fall D-")
    assert newer.maker != newer.checker


def asked(city: Database, kind: str, cents: int, maker: str, decision: str, **by: object) -> None:
    """Something asked for at a till and decided, as the database keeps it."""
    row = {"id": uuid4(), "kind": kind, "cents": cents, "maker": maker, "decision": decision,
           "checker": None, "rule": False, "words": None, "at": NOW, **by}  # fmt: skip
    with city.transaction() as session:
        session.execute(
            text("INSERT INTO approval (id, kind, subject, facility, till, amount_cents,"
                 " limit_cents, reason, requested_by, requested_at) VALUES (:id, :kind,"
                 " 'B01-1-000012', 'B01', 'B01-1', :cents, 2500, 'Kind krank', :maker, :at)"),
            row,
        )  # fmt: skip
        session.execute(
            text("INSERT INTO approval_decision (approval, requested_by, decision, is_by_rule,"
                 " decided_by, decided_at, reason)"
                 " VALUES (:id, :maker, :decision, :rule, :checker, :at, :words)"),
            row,
        )  # fmt: skip


def test_what_a_rule_let_through_is_counted_apart(city: Database) -> None:
    maker, checker = (one.name for one in two_people(city))
    asked(city, "refund", 900, maker, "approved", rule=True)
    asked(city, "refund", 400, maker, "approved", rule=True)
    asked(city, "refund", 5000, maker, "refused", checker=checker, words="Karte fehlt")
    asked(city, "cash_difference", -3000, maker, "approved", checker=checker)
    asked(city, "refund", 7000, maker, "withdrawn", checker=maker)
    listed = [(one.kind, one.amount_cents, one.outcome, one.words) for one in found(city)]
    assert listed == [
        ("cash_difference", -3000, "approved", None), ("refund", 5000, "refused", "Karte fehlt"),
    ]  # fmt: skip
    with city.read_only() as session:
        (alone,) = acts_by_rule(session, EVER)
    assert (alone.kind, alone.count, alone.cents) == ("refund", 2, 1300)


def test_a_refund_online_is_told_by_the_log(city: Database) -> None:
    maker, checker = two_people(city)
    refund, payment = uuid4(), uuid4()
    with city.transaction() as session:
        session.execute(
            text("INSERT INTO online_payment (id, kind, purpose, subject, amount_cents, title,"
                 " locale, ways, keeps_way, back_url, cancelled_url, page_until, begun_at,"
                 " due_at, state) VALUES (:id, 'page', 'top_up', 'W-1', 9000, 'Aufladung', 'de',"
                 " '{card}', false, '/', '/', :at, :at, :at, 'begun')"),
            {"id": payment, "at": NOW},
        )  # fmt: skip
        session.execute(
            text("INSERT INTO online_refund (id, payment, amount_cents, source, reason, asked_by,"
                 " asked_at, state, changed_at, released_by) VALUES (:id, :payment, 7000,"
                 " 'subject', 'doppelt', :maker, :at, 'asked', :at, :checker)"),
            {"id": refund, "payment": payment, "at": NOW, "maker": maker.name,
             "checker": checker.name},
        )  # fmt: skip
        detail = {"refund": str(refund), "amount_cents": 7000, "person": maker.name}
        record(session, checker, "payment.refund_released", about=str(payment), detail=detail)
    (one,) = found(city)
    assert (one.kind, one.subject, one.amount_cents) == ("online_refund", str(payment), 7000)
    assert maker.name in one.maker
    assert checker.name in one.checker


def test_a_price_has_its_two_people(city: Database) -> None:
    maker, checker = two_people(city)
    asked_for = {"id": uuid4(), "maker": maker.name, "checker": checker.name}
    with city.transaction() as session:
        session.execute(
            text("INSERT INTO price_change (id, product, valid_from, amount_cents, legal_basis,"
                 " replaced_from, replaced_cents, reason, asked_by) VALUES (:id, 'POOL-AD',"
                 " '2039-01-01', 700, 'Ratsbeschluss', '2026-01-01', 650, 'Kosten', :maker)"),
            asked_for,
        )  # fmt: skip
        session.execute(
            text("INSERT INTO price_change_decision (request, asked_by, decision, decided_by,"
                 " reason) VALUES (:id, :maker, 'refused', :checker, 'zu früh')"), asked_for,
        )  # fmt: skip
    (one,) = found(city)
    assert (one.kind, one.subject, one.amount_cents) == (
        "price_change",
        "POOL-AD ab 01.01.2039",
        700,
    )
    assert (one.outcome, one.reason, one.words) == ("refused", "Kosten", "zu früh")


@pytest.fixture
def closed_day(city: Database) -> Database:
    furnish(city)
    first, second = two_people(city)
    do_sign(city, first, 1, remark="Kasse gezählt")
    assert found(city) == []  # one signature decides nothing
    do_sign(city, second, 2)
    return city


@pytest.fixture
def auditor(closed_day: Database) -> FlaskClient:
    return signed_in(create_app(database=closed_day), closed_day, "auditor")


def test_a_locked_day_is_on_the_page_with_both_signatures(auditor: FlaskClient) -> None:
    days = "von=2020-01-01&bis=2040-01-01"
    page = see(auditor, f"{PATH}?{days}")
    assert "1 Entscheidung zu zweit." in page
    assert "Tagesabschluss 17.11.2026 –" in page
    assert "gesperrt Kasse gezählt" in page
    assert "Probe stimmt In jeder Zeile sind es zwei verschiedene Personen." in page
    assert "nichts zu zweit entschieden" in see(auditor, f"{PATH}?{days}&art=refund")
    assert "nichts zu zweit entschieden" in see(auditor, f"{PATH}?von=2020-01-01&bis=2020-02-01")
    assert auditor.get(f"{PATH}?von=x").status_code == 400
    assert auditor.get(f"{PATH}?seite=0").status_code == 400


def test_the_list_is_saved_for_any_days(auditor: FlaskClient) -> None:
    where = "/desk/berichte/approvals/2020-01-01_2040-01-01"
    answer = auditor.get(f"{where}.csv")
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig")), delimiter=";"))
    head = rows.index(["Entscheidungen"]) + 1
    assert rows[head][:3] == ["Entschieden", "Art", "Gegenstand"]
    assert rows[head + 1][1:4] == ["Tagesabschluss", "17.11.2026", ""]
    kinds = {row[0]: row[1:] for row in rows[rows.index(["Nach Art"]) + 2 :]}
    assert kinds["Tagesabschluss"] == ["1", "0", "0", "0,00"]
    assert kinds["Ausbuchung"] == ["0", "0", "0", "0,00"]
    assert auditor.get(f"{where}.xlsx").status_code == 200
    assert auditor.get(f"{where}.pdf").data.startswith(b"%PDF")


def test_finance_reads_it_and_nobody_at_a_site(closed_day: Database) -> None:
    app = create_app(database=closed_day)
    assert signed_in(app, closed_day, "finance").get(PATH).status_code == 200
    for role in ("administrator", "site_manager", "cashier"):
        assert signed_in(app, closed_day, role).get(PATH).status_code == 403


def test_every_kind_the_database_can_keep_has_a_word(city: Database) -> None:
    with city.read_only() as session:
        rules = session.scalars(
            text("SELECT pg_get_constraintdef(oid) FROM pg_constraint"
                 " WHERE conname IN ('approval_kind', 'release_request_kind',"
                 " 'closing_signature_scope')")
        ).all()  # fmt: skip
    kinds = {kind for rule in rules for kind in re.findall(r"'(\w+)'::text", rule)}
    assert len(kinds) == 12
    assert kinds <= KINDS.keys()


@pytest.mark.parametrize("name", ["2026-11-02_2026-11-17", "2026-11", "2026"])
def test_a_period_is_named_as_it_names_itself(name: str) -> None:
    period = period_named(name)
    assert period is not None
    assert period.name == name


@pytest.mark.parametrize("name", ["2026-11-17_2026-11-02", "2026-11-31_2026-12-01", "2026-11-02_"])
def test_days_that_are_none_name_no_period(name: str) -> None:
    assert period_named(name) is None
