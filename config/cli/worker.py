"""`stadtkasse worker`: what runs beside the pages, from sealing to letters."""

import logging

import click

from config.cli.output import Refusal, the_database
from config.cli.serve import provider_of
from config.jobs import run_worker
from config.settings import Settings
from terminals.mail.letters import use_origin
from terminals.mail.smtp import Smtp, smtp_of


@click.command(
    "worker", epilog="Example: DATABASE_URL=postgresql://db/stadtkasse stadtkasse worker"
)
def worker() -> None:
    """Run the jobs until stopped: seals, meals at the cut-off, payments, letters, the night.

    Several workers may run at once; each job runs in one of them.
    """
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s: %(message)s")
    logging.getLogger("procrastinate").setLevel(logging.WARNING)
    settings = Settings.from_environment()
    provider, smtp = provider_of(settings), smtp_from(settings)
    with the_database() as database:
        click.echo("Working until Ctrl-C.", err=True)
        run_worker(
            database, provider=provider, smtp=smtp, inbox=settings.inbox,
            finance=settings.finance_mail,
        )  # fmt: skip
    click.echo("Stopped.", err=True)


def smtp_from(settings: Settings) -> Smtp | None:
    """The mail server of these settings, and from now on where letters link to.

    Raises Refusal with one sentence for an address that is none.
    """
    if settings.origin:
        use_origin(settings.origin)
    if settings.smtp_url is None:
        return None
    try:
        return smtp_of(settings.smtp_url, settings.mail_from)
    except ValueError as wrong:
        raise Refusal(f"SMTP_URL or MAIL_FROM cannot be used: {wrong}.") from wrong
