"""Jobs: what runs beside the web, kept as procrastinate jobs in the database of the books.

Every job can be repeated at any time: a seal with nothing new and a night without new facts
change nothing. So a job that died is simply run again.
"""

import logging
from datetime import date, datetime, timedelta
from typing import Any

from procrastinate import App, PsycopgConnector, RetryStrategy
from sqlalchemy import URL, text

from config.database import APP_ROLE, Database
from ledger.calendar import CITY_TIME
from ledger.errors import SealBusy
from ledger.seal import seal
from reconciliation.nightly import run_night

NIGHT_BEGINS = 2  # o'clock in the city; the banks' statements are there by then
JOB_PATIENCE_SECONDS = 3600

log = logging.getLogger("stadtkasse.jobs")


def jobs_app(database: Database) -> App:
    """The jobs over this database: sealing every minute, and the night from 02:00 on."""
    app = App(connector=_connector(database.engine.url))
    patient = database.with_patience(JOB_PATIENCE_SECONDS)
    again = RetryStrategy(max_attempts=5, exponential_wait=5)

    @app.periodic(cron="* * * * *")
    @app.task(name="seal", queueing_lock="seal", lock="seal", pass_context=False, retry=again)
    def seal_all(timestamp: int) -> None:  # noqa: ARG001 - procrastinate's own shape
        try:
            block = seal(patient.engine)
        except SealBusy:
            log.info("writers never paused: sealing waits for the next minute")
            return
        if block:
            log.info("block %d seals %d entries", block.number, block.entry_count)

    # Asked every five minutes and not once at two: a worker that was down then makes up for it.
    @app.periodic(cron="*/5 * * * *")
    @app.task(name="night", queueing_lock="night", lock="night", pass_context=False, retry=again)
    def night(timestamp: int) -> None:  # noqa: ARG001 - procrastinate's own shape
        day = night_due(datetime.now(CITY_TIME))
        if day is not None and not _is_done(patient, day):
            result = run_night(patient.transaction, day)
            log.info("night of %s: %d differences open", day, result.open_count)

    @app.periodic(cron="17 3 * * *")
    @app.task(name="forget", queueing_lock="forget", pass_context=True)
    async def forget(context: Any, timestamp: int) -> None:  # noqa: ARG001
        await context.app.job_manager.delete_old_jobs(nb_hours=72)

    return app


def run_worker(database: Database) -> None:
    """Work until SIGINT or SIGTERM; a job that runs then is finished first."""
    # Two at a time: the seals go on while a long night runs.
    jobs_app(database).run_worker(concurrency=2, delete_jobs="successful")


def night_due(now: datetime) -> date | None:
    """The business day to reconcile at this moment in the city: yesterday, from 02:00 on."""
    return now.date() - timedelta(days=1) if now.hour >= NIGHT_BEGINS else None


def _is_done(database: Database, day: date) -> bool:
    with database.read_only() as session:
        done = session.scalar(text("SELECT EXISTS (SELECT FROM night_run WHERE day >= :day)"),
                              {"day": day})  # fmt: skip
    return bool(done)


def _connector(url: URL) -> PsycopgConnector:
    address = url.set(drivername="postgresql").render_as_string(hide_password=False)
    options = f"-c role={APP_ROLE} -c timezone=UTC"
    return PsycopgConnector(
        conninfo=address, kwargs={"options": options, "application_name": "stadtkasse worker"},
        min_size=1, max_size=4,
    )  # fmt: skip
