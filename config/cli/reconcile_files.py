"""`stadtkasse reconcile-files`: hold plain CSV files against each other."""

from pathlib import Path
from uuid import uuid4

import click
from sqlalchemy.exc import OperationalError

from config.cli.output import Refusal
from config.database import Database
from config.postgres import ServerTrouble
from config.settings import Settings
from config.throwaway import PATIENCE_SECONDS, load_files, throw_away_database
from reconciliation.engine import EngineResult, run
from reconciliation.plain_files import (
    Manifest,
    PlainFileError,
    read_manifest,
    write_answer,
)

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


class BadFile(Refusal):
    """A file that cannot be taken: exit code 2, and nothing was written."""

    exit_code = 2


@click.command(
    "reconcile-files",
    epilog="Example: stadtkasse reconcile-files --ledger ledger.csv --settlement psp.csv "
    "--bank bank.csv --manifest manifest.json --out answer",
)
@click.option("--ledger", required=True, type=_FILE, help="What the books expect.")
@click.option("--settlement", required=True, type=_FILE, help="What providers and terminals say.")
@click.option("--bank", required=True, type=_FILE, help="What the bank says.")
@click.option(
    "--manifest", required=True, type=_FILE, help="When to look from, tariffs, terminals."
)
@click.option("--out", required=True, type=click.Path(file_okay=False, path_type=Path),
              help="Folder for breaks.csv, matches.csv and summary.md.")  # fmt: skip
def reconcile_files(ledger: Path, settlement: Path, bank: Path, manifest: Path, out: Path) -> None:
    """Hold CSV files against each other with the matcher of the night, in a database of their own.

    Needs nothing but the files; the city's own books are not touched. A file that cannot be read
    ends it with exit code 2, names the line, and leaves the folder as it was.
    """
    try:
        known = read_manifest(manifest)
        with throw_away_database(Settings.from_environment()) as database:
            load_files(database, ledger=ledger, settlement=settlement, bank=bank)
            result, rows = _answer(database, known, out)
    except PlainFileError as problem:
        raise BadFile(f"{problem}.") from problem
    except ServerTrouble as trouble:
        raise Refusal(str(trouble)) from trouble
    except OperationalError as trouble:
        reason = str(trouble.orig).strip().splitlines()[0]
        raise Refusal(f"The database cannot be used: {reason}") from trouble
    named = ", ".join(f"{count} rows in {name}" for name, count in rows.items())
    click.echo(f"{result.pair_count} pairs, {result.finding_count} findings: {named} ({out}).")


def _answer(database: Database, known: Manifest, out: Path) -> tuple[EngineResult, dict[str, int]]:
    with database.with_patience(PATIENCE_SECONDS).transaction() as session:
        result = run(session, as_of=known.as_of, knowledge=known.knowledge, run_id=uuid4())
        return result, write_answer(session, out, result)
