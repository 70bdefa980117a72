"""Jobs: what runs beside the web, kept as procrastinate jobs in the database of the books.

Every job can be repeated at any time: a seal with nothing new, a night without new facts and a
webhook that was heard before change nothing. So a job that died is simply run again (`stalled`).
Each module here brings some of them by `add(app, means)`.
"""

from pathlib import Path

from procrastinate import App, PsycopgConnector
from sqlalchemy import URL

from config.database import APP_ROLE, Database
from config.jobs import books, families, letters, night, online, stalled
from config.jobs.means import JOB_PATIENCE_SECONDS, Means
from terminals.checkout.provider import Provider
from terminals.mail.smtp import Smtp

WORK_AT_ONCE = 4  # seals, letters and webhooks go on while a long night runs


def jobs_app(
    database: Database,
    *,
    provider: Provider | None = None,
    smtp: Smtp | None = None,
    inbox: Path | None = None,
    finance: tuple[str, ...] = (),
) -> App:
    """All jobs over this database; those of a provider or mail server wait for one.

    inbox: the folder whose files the night takes in. finance: who gets its numbers by mail.
    """
    app = App(connector=_connector(database.engine.url))
    patient = database.with_patience(JOB_PATIENCE_SECONDS)
    means = Means(patient, provider, smtp, inbox, finance)
    for part in (books, families, letters, night, online, stalled):
        part.add(app, means)
    return app


def run_worker(
    database: Database,
    *,
    provider: Provider | None = None,
    smtp: Smtp | None = None,
    inbox: Path | None = None,
    finance: tuple[str, ...] = (),
    is_alone: bool = True,
) -> None:
    """Work until SIGINT or SIGTERM; a job that runs then is finished first.

    The rest as for `jobs_app`. is_alone: False where the process is somebody else's, who ends it.
    """
    jobs = jobs_app(database, provider=provider, smtp=smtp, inbox=inbox, finance=finance)
    jobs.run_worker(
        concurrency=WORK_AT_ONCE, delete_jobs="successful", install_signal_handlers=is_alone
    )


def _connector(url: URL) -> PsycopgConnector:
    address = url.set(drivername="postgresql").render_as_string(hide_password=False)
    options = f"-c role={APP_ROLE} -c timezone=UTC"
    return PsycopgConnector(
        conninfo=address, kwargs={"options": options, "application_name": "stadtkasse worker"},
        min_size=1, max_size=6,
    )  # fmt: skip
