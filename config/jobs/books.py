"""Jobs of the books: sealing every minute, and holding the seals against them once a day."""

import logging
from datetime import UTC, datetime, timedelta
from typing import Any

from procrastinate import App

from config.database import Database
from config.jobs.means import AGAIN, Means
from ledger.errors import SealBusy
from ledger.proofs import check_books, last_check
from ledger.seal import seal

CHECKED_EVERY = timedelta(hours=20)

log = logging.getLogger("stadtkasse.jobs")


def add(app: App, means: Means) -> None:
    """Add them."""

    @app.periodic(cron="* * * * *")
    @app.task(name="seal", queueing_lock="seal", lock="seal", pass_context=False, retry=AGAIN)
    def seal_all(timestamp: int) -> None:  # noqa: ARG001 - procrastinate's own shape
        _seal(means.database)

    @app.periodic(cron="*/10 * * * *")
    @app.task(name="check", queueing_lock="check", pass_context=False, retry=AGAIN)
    def check(timestamp: int) -> None:  # noqa: ARG001
        _check(means.database, datetime.now(UTC))

    @app.periodic(cron="17 3 * * *")
    @app.task(name="forget", queueing_lock="forget", pass_context=True)
    async def forget(context: Any, timestamp: int) -> None:  # noqa: ARG001
        await context.app.job_manager.delete_old_jobs(nb_hours=72)


def _seal(database: Database) -> None:
    try:
        block = seal(database.engine)
    except SealBusy:
        log.info("writers never paused: sealing waits for the next minute")
        return
    if block:
        log.info("block %d seals %d entries", block.number, block.entry_count)


def _check(database: Database, now: datetime) -> None:
    """Hold every seal against the books once a day; what was found stands at `/buecher`."""
    with database.read_only() as session:
        last = last_check(session)
    if last is None or last.checked_at <= now - CHECKED_EVERY:
        with database.transaction() as session:
            check_books(session, at=now)
