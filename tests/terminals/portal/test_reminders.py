"""Reminders by mail: once, friendly, and silent about what is nobody's business."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

from sqlalchemy import text

from config.database import Database
from ledger.households import grant_subsidy
from ledger.money import Money
from ledger.standing_orders import plan_meals, set_standing_order
from ledger.wallets import top_up
from terminals.portal.money_letters import tell_arrived, tell_returned
from terminals.portal.reminders import run_reminders
from tests.payer_client import Household, a_household

NOW = datetime(2026, 11, 23, 16, tzinfo=UTC)
TODAY = NOW.date()


def eats(database: Database, home: Household) -> None:
    """The children eat on every weekday to come."""
    with database.transaction() as session:
        for child in home.children:
            set_standing_order(session, child.code, products=("KITA-L",), weekdays=(1, 2, 3, 4, 5),
                               valid_from=TODAY, at=NOW)  # fmt: skip
        plan_meals(session, TODAY + timedelta(days=40), at=NOW)


def pay_in(database: Database, home: Household, cents: int) -> None:
    with database.transaction() as session:
        top_up(session, home.wallet, Money(cents), key=uuid4(), way="online", booked_on=TODAY,
               reference=None)  # fmt: skip


def letters(database: Database) -> list[tuple[str, str]]:
    with database.read_only() as session:
        rows = session.execute(text("SELECT subject, paragraphs FROM letter ORDER BY written_at"))
        return [(row.subject, " ".join(row.paragraphs)) for row in rows]


def test_a_low_balance_is_told_once_and_again_when_it_was_well_in_between(city: Database) -> None:
    home = a_household(city, children=2)
    eats(city, home)
    pay_in(city, home, 1480)
    assert run_reminders(city, at=NOW) == 1
    ((subject, words),) = letters(city)
    assert subject == "Erinnerung: Guthaben aufladen"
    assert "14,80\u00a0€" in words
    assert "Das reicht für etwa 4 Essen" in words
    assert run_reminders(city, at=NOW + timedelta(days=1)) == 0
    pay_in(city, home, 20000)
    assert run_reminders(city, at=NOW + timedelta(days=2)) == 0
    assert len(letters(city)) == 1


def test_who_wants_no_reminders_gets_none(city: Database) -> None:
    home = a_household(city, children=1)
    eats(city, home)
    with city.transaction() as session:
        session.execute(text("UPDATE payer SET tells_low = false"))
    assert run_reminders(city, at=NOW) == 0
    assert letters(city) == []


def test_the_end_of_a_subsidy_is_told_once_and_not_named(city: Database) -> None:
    home = a_household(city, children=1)
    with city.transaction() as session:
        grant_subsidy(
            session, home.children[0].code, authority="jobcenter",
            valid_from=date(2026, 8, 1), valid_until=TODAY + timedelta(days=30),
        )  # fmt: skip
    assert [run_reminders(city, at=NOW) for _ in range(2)] == [1, 0]
    ((subject, words),) = letters(city)
    assert subject == "Erinnerung zu Ihrem Konto"
    for secret in ("Zuschuss", "Jobcenter", "BuT", home.children[0].code):
        assert secret not in subject + words


def test_money_that_arrived_or_went_back_is_told_once_to_the_payer_of_the_wallet(
    city: Database,
) -> None:
    home, key = a_household(city, children=1), uuid4()
    pay_in(city, home, 4000)
    for _ in range(2):
        with city.transaction() as session:
            tell_arrived(session, home.wallet, 4000, key=key, at=NOW)
            tell_returned(session, home.wallet, 4000, key=key)
    subjects = [subject for subject, _ in letters(city)]
    assert subjects == ["40,00\u00a0€ sind angekommen", "Bitte sehen Sie nach Ihrer Zahlung"]
