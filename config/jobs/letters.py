"""Jobs of letters: sent once written; addresses are forgotten when they are done with."""

import logging
from datetime import UTC, datetime

from procrastinate import App

from config.jobs.means import AGAIN, Means
from terminals.gate.orders import forget_emails
from terminals.mail.letters import JOB
from terminals.mail.sending import run_mail

log = logging.getLogger("stadtkasse.jobs")


def add(app: App, means: Means) -> None:
    """Add them."""

    @app.periodic(cron="* * * * *")
    @app.task(name=JOB, lock=JOB, pass_context=False, retry=AGAIN)
    def send(timestamp: int = 0) -> None:  # noqa: ARG001 - procrastinate's own shape
        if means.smtp is None:
            return  # they wait in the outbox until the city has a mail server
        done = run_mail(means.database, means.smtp)
        if done.given_up:
            log.warning("%d letters were given up", done.given_up)

    @app.periodic(cron="27 3 * * *")
    @app.task(name="forget_emails", queueing_lock="forget_emails", pass_context=False, retry=AGAIN)
    def forget(timestamp: int) -> None:  # noqa: ARG001
        with means.database.transaction() as session:
            forget_emails(session, at=datetime.now(UTC))
