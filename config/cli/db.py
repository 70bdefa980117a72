"""`stadtkasse db`: bring the database up to date and check it."""

import click
from sqlalchemy import text

from config.cli.output import Refusal, the_database
from config.migrations import current, head, upgrade
from config.migrations.checks import find_faults


@click.group()
def db() -> None:
    """The database: upgrade it, check it."""


@db.command(
    "upgrade", epilog="Example: DATABASE_URL=postgresql://admin@db/stadtkasse stadtkasse db upgrade"
)
def upgrade_command() -> None:
    """Bring the database to the newest revision; safe to repeat."""
    with the_database(migrated=False) as database:
        before = current(database.admin_url)
        after = upgrade(database.admin_url)
    click.echo(f"The database is at {after}" + ("." if before == after else f", was {before}."))


@db.command("check", epilog="Example: stadtkasse db check")
def check_command() -> None:
    """Check revision, roles and the promises of the books; exit 1 when one does not hold."""
    with the_database(migrated=False) as database:
        if current(database.admin_url) != head():
            raise Refusal("The database is not up to date: run `stadtkasse db upgrade`.")
        with database.with_patience(600).read_only() as session:
            version = session.scalar(text("SHOW server_version"))
            faults = find_faults(session)
    for fault in faults:
        click.echo(fault, err=True)
    if faults:
        raise Refusal(f"{len(faults)} promises do not hold.")
    click.echo(f"PostgreSQL {version}, revision {head()}: every promise holds.")
