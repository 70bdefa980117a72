"""What every command shares: opening the database and ending with one clear sentence."""

from collections.abc import Iterator
from contextlib import contextmanager

import click
from sqlalchemy.exc import OperationalError

from config.database import Database, open_database
from config.migrations import current, head
from config.postgres import ServerTrouble
from config.settings import Settings


class Refusal(click.ClickException):
    """Ends a command with exit code 1 and one sentence."""

    exit_code = 1

    def show(self, file: object = None) -> None:  # noqa: ARG002 - click's own shape
        """Print the sentence alone; it says what to do."""
        click.echo(self.format_message(), err=True)


@contextmanager
def the_database(*, migrated: bool = True, settings: Settings | None = None) -> Iterator[Database]:
    """The database of the settings; refuses with a sentence where it is not ready."""
    try:
        with open_database(settings or Settings.from_environment()) as database:
            if migrated and current(database.admin_url) != head():
                raise Refusal("The database is not up to date: run `stadtkasse db upgrade`.")
            yield database
    except ServerTrouble as trouble:
        raise Refusal(str(trouble)) from trouble
    except OperationalError as trouble:
        reason = str(trouble.orig).strip().splitlines()[0]
        raise Refusal(f"The database cannot be reached: {reason}") from trouble


def german(cents: int) -> str:
    """`-111840` → `-1.118,40`, as a shell shows amounts."""
    whole = f"{abs(cents) // 100:,}".replace(",", ".")
    return f"{'-' if cents < 0 else ''}{whole},{abs(cents) % 100:02d}"
