"""Jobs of online payments: what the provider said, money given back, and what nobody said."""

import logging
from datetime import UTC, datetime
from uuid import UUID

from procrastinate import App

from config.jobs.means import AGAIN, Means
from terminals.checkout import auto_running, forgetting, inbox, refunds
from terminals.checkout.payments import settle
from terminals.checkout.sweep import sweep

log = logging.getLogger("stadtkasse.jobs")


def add(app: App, means: Means) -> None:
    """Add them. Without a provider there is nothing they could be about."""
    if means.provider is None:
        return
    books, provider = means.database, means.provider

    @app.task(name=inbox.JOB, pass_context=False, retry=AGAIN)
    def work_event(event: str) -> None:
        inbox.work_event(books, provider, event, at=datetime.now(UTC))

    @app.task(name=refunds.JOB, pass_context=False, retry=AGAIN)
    def ask_for_refund(refund: str) -> None:
        at = datetime.now(UTC)
        settle(books, provider, refunds.ask_provider(books, provider, UUID(refund), at=at), at=at)

    @app.task(name=auto_running.JOB, pass_context=False, retry=AGAIN)
    def top_up(payment: str) -> None:
        auto_running.run_top_up(books, provider, UUID(payment), at=datetime.now(UTC))

    @app.task(name=forgetting.JOB, pass_context=False, retry=AGAIN)
    def forget_at_provider(ref: str) -> None:
        forgetting.forget(books, provider, ref, at=datetime.now(UTC))

    @app.periodic(cron="*/10 * * * *")
    @app.task(name="due_top_ups", queueing_lock="due_top_ups", lock="due_top_ups", retry=AGAIN)
    def plan_top_ups(timestamp: int) -> None:  # noqa: ARG001 - procrastinate's own shape
        with books.transaction() as session:
            auto_running.due_top_ups(session, datetime.now(UTC))

    @app.periodic(cron="7 * * * *")
    @app.task(name="sweep", queueing_lock="sweep", lock="sweep", pass_context=False, retry=AGAIN)
    def look_after_everything(timestamp: int) -> None:  # noqa: ARG001
        log.info("%s", sweep(books, provider, at=datetime.now(UTC)))
