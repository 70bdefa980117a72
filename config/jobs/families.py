"""Jobs of families: meals ordered ahead, charged at the cut-off, and what follows from both."""

import logging
from datetime import UTC, date, datetime, timedelta

from procrastinate import App
from sqlalchemy import text

from config.database import Database
from config.jobs.means import AGAIN, Means
from ledger.calendar import CITY_TIME
from ledger.catalogue.posted import posted_catalogue
from ledger.claims import settle_claims
from ledger.entries import Refused
from ledger.facilities.daycare.meals import cut_off
from ledger.meals import charge_meals
from ledger.standing_orders import run_plan
from terminals.portal.reminders import run_reminders

# A cancellation that came in a moment before the cut-off is answered within a request's patience;
# charging waits for it, or it would find the day charged although it was in time.
STILL_IN_FLIGHT = timedelta(seconds=30)
REMINDED_AT = 17  # o'clock in the city: when parents can do something about it
MADE_UP_FOR = 7  # days: how far back a worker that was down charges what it missed

log = logging.getLogger("stadtkasse.jobs")


def add(app: App, means: Means) -> None:
    """Add them."""

    @app.periodic(cron="12 * * * *")
    @app.task(name="plan", queueing_lock="plan", lock="meals", pass_context=False, retry=AGAIN)
    def plan(timestamp: int) -> None:  # noqa: ARG001 - procrastinate's own shape
        ordered = run_plan(means.database, datetime.now(CITY_TIME).date())
        if ordered:
            log.info("%d meals ordered ahead", ordered)

    @app.periodic(cron="*/5 6-23 * * *")
    @app.task(name="meals", queueing_lock="meals", lock="meals", pass_context=False, retry=AGAIN)
    def meals(timestamp: int) -> None:  # noqa: ARG001
        for day in days_to_charge(means.database, datetime.now(CITY_TIME)):
            _charge(means.database, day)
        with means.database.transaction() as session:
            settle_claims(session, at=datetime.now(UTC))

    @app.periodic(cron="5 * * * *")
    @app.task(name="reminders", queueing_lock="reminders", pass_context=False, retry=AGAIN)
    def reminders(timestamp: int) -> None:  # noqa: ARG001
        if datetime.now(CITY_TIME).hour == REMINDED_AT:
            run_reminders(means.database, at=datetime.now(UTC))


def days_to_charge(database: Database, now: datetime) -> list[date]:
    """Days whose cut-off is over and on which a meal that was ordered is not charged, oldest
    first. A closed day is left alone: what arrives for it is a case for people."""
    is_over = now >= cut_off(now.date()) + STILL_IN_FLIGHT
    last = now.date() if is_over else now.date() - timedelta(days=1)
    with database.read_only() as session:
        found = session.scalars(_TO_CHARGE, {"first": last - timedelta(MADE_UP_FOR), "last": last})
        return list(found)


def _charge(database: Database, day: date) -> None:
    with database.transaction() as session:
        outcomes = charge_meals(session, posted_catalogue(session), day)
    refused = sum(isinstance(one, Refused) for one in outcomes)
    log.info("meals of %s: %d charged", day, len(outcomes) - refused)
    if refused:
        log.warning("meals of %s: %d children not charged, a meal has no price", day, refused)


_TO_CHARGE = text("""
    SELECT DISTINCT m.day FROM meal_order m
     WHERE m.day BETWEEN :first AND :last AND m.cancelled_at IS NULL
       AND NOT EXISTS (SELECT FROM meal_charge g WHERE g.child = m.child AND g.day = m.day)
       AND NOT EXISTS (SELECT FROM closed_day c WHERE c.day = m.day)
     ORDER BY m.day""")
