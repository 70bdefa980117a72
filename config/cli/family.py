"""`stadtkasse family`: what the city does for families at the daycare centres."""

from datetime import UTC, datetime
from pathlib import Path

import click

from config.cli.output import Refusal, the_database
from config.errors import sentence
from config.settings import Settings
from ledger.errors import LedgerError
from ledger.permissions import Caller
from terminals.mail.letters import UNSET_ORIGIN, use_origin
from terminals.portal.invitations import letters_page, write_letter

OPERATOR = Caller("command line", "operator")


@click.group()
def family() -> None:
    """Families: letters with the code of the portal."""


@family.command(epilog="Example: stadtkasse family letter C-000001 C-000002 --out letters")
@click.argument("children", nargs=-1, required=True, metavar="CHILD...")
@click.option(
    "--out", required=True, type=click.Path(file_okay=False, path_type=Path),
    help="Folder the letters are written to, a file for each child; it is made.",
)  # fmt: skip
@click.option("--city", default="Stadt Aachen", show_default=True, help="Whom money is sent to.")
def letter(children: tuple[str, ...], out: Path, city: str) -> None:
    """Write letters to be printed, each with a new code; earlier codes of the child end.

    The codes are in the files alone. Set ORIGIN: the letters lead to it.
    """
    use_origin(Settings.from_environment().origin or UNSET_ORIGIN)
    at = datetime.now(UTC)
    out.mkdir(parents=True, exist_ok=True)
    try:
        # A code is good once its letter is there: the files first, then the commit.
        with the_database() as database, database.transaction() as session:
            for child in children:
                page = letters_page([write_letter(session, OPERATOR, child, city=city, at=at)])
                (out / f"{child}.html").write_text(page, "utf-8")
    except LedgerError as error:
        raise Refusal(sentence(error.code).english) from error
    click.echo(f"{len(children)} letters in {out}")
