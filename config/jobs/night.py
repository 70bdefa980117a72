"""Jobs of the night: the run from 02:00 on, the alarm at five, the letter to finance at six."""

import logging
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid5

from procrastinate import App
from sqlalchemy import text

from config.jobs.means import AGAIN, Means
from ledger.calendar import CITY_TIME
from ledger.passes import expire_passes, release_season_days
from reconciliation import night as nights
from reconciliation.night import digest, summary
from terminals.mail.letters import Letter, address, post_letter

BEGINS = 2  # o'clock in the city; the banks' statements are there by then
LETTER_FROM = 6
NOW = "night_now"
DESK, RUNS = "/desk/", "/desk/laeufe"

_LETTERS = UUID("4a0f6d0c-8c41-5c36-9a6f-6f0d2a1c7b55")

log = logging.getLogger("stadtkasse.jobs")


def add(app: App, means: Means) -> None:
    """Add them. All are asked every few minutes and not once: a worker that was down at the hour
    makes up for it, whatever the clocks did that night."""

    @app.periodic(cron="*/5 * * * *")
    @app.task(name="night", queueing_lock="night", lock="night", pass_context=False, retry=AGAIN)
    def night(timestamp: int) -> None:  # noqa: ARG001 - procrastinate's own shape
        now = datetime.now(CITY_TIME)
        day = night_due(now)
        if day is not None and not _is_done(means, day):
            reconcile(means, day)

    @app.task(name=NOW, queueing_lock=NOW, lock="night", pass_context=False, retry=AGAIN)
    def night_now(timestamp: int = 0) -> None:  # noqa: ARG001
        """Somebody at the desk wants it now, whether it was done or not."""
        reconcile(means, datetime.now(CITY_TIME).date() - timedelta(days=1))

    @app.periodic(cron="*/10 * * * *")
    @app.task(name="night_alarm", queueing_lock="night_alarm", pass_context=False, retry=AGAIN)
    def alarm(timestamp: int) -> None:  # noqa: ARG001
        sound_alarm(means, datetime.now(UTC))

    @app.periodic(cron="*/10 * * * *")
    @app.task(name="night_letter", queueing_lock="night_letter", pass_context=False, retry=AGAIN)
    def letter(timestamp: int) -> None:  # noqa: ARG001
        write_digest(means, datetime.now(CITY_TIME))


def night_due(now: datetime) -> date | None:
    """The business day to reconcile at this moment in the city: yesterday, from 02:00 on.

    In spring there is no 02:00, then it is three; in autumn it comes twice, and the second time
    the day is done.
    """
    return now.date() - timedelta(days=1) if now.hour >= BEGINS else None


def reconcile(means: Means, day: date) -> None:
    """Run the night of `day`, with all that passes earned on it in the books before."""
    with means.database.transaction() as session:
        release_season_days(session, day)
        expire_passes(session, day)
    client = means.provider.client if means.provider else None
    result = nights.run_night(means.database.transaction, day, nights.Means(means.inbox, client))
    log.info("night of %s: %d differences open", day, result.open_count)


def sound_alarm(means: Means, now: datetime) -> None:
    """Log and write to finance that the night is missing, once for each day and address."""
    with means.database.read_only() as session:
        day = summary.missing(session, now)
    if day is None:
        return
    log.error("the night of %s is missing", day)
    for to in means.finance:
        told = Letter(
            to, "de", f"Nachtlauf {day:%d.%m.%Y} fehlt", digest.alarm(day),
            ("Nachtläufe öffnen", address(RUNS)),
        )  # fmt: skip
        with means.database.transaction() as session:
            post_letter(session, told, key=uuid5(_LETTERS, f"alarm {day} {to}"))


def write_digest(means: Means, now: datetime) -> None:
    """Write finance the numbers of the last night, once for each day and address.

    now: in the city. Numbers and a link: no name and no reference leaves the house.
    """
    if now.hour < LETTER_FROM or not means.finance:
        return
    with means.database.read_only() as session:
        last = summary.last_summary(session)
    if last is None or last.run.day < now.date() - timedelta(days=1):
        return
    for to in means.finance:
        told = Letter(
            to, "de", digest.subject(last), digest.paragraphs(last),
            ("Morgenseite öffnen", address(DESK)),
        )  # fmt: skip
        with means.database.transaction() as session:
            post_letter(session, told, key=uuid5(_LETTERS, f"digest {last.run.day} {to}"))


def _is_done(means: Means, day: date) -> bool:
    with means.database.read_only() as session:
        done = session.scalar(text("SELECT EXISTS (SELECT FROM night_run WHERE day >= :day)"),
                              {"day": day})  # fmt: skip
    return bool(done)
