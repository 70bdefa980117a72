"""`stadtkasse reconcile-files`: hold plain CSV files against each other."""

from pathlib import Path
from uuid import uuid4

import click
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from config.cli.output import Refusal
from config.database import Database
from config.postgres import ServerTrouble
from config.settings import Settings
from config.throwaway import settle, throw_away_database
from reconciliation.engine import EngineResult, run
from reconciliation.plain_files import (
    Manifest,
    PlainFileError,
    load_bank,
    load_ledger,
    load_settlement,
    read_manifest,
    write_answer,
)

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_PATIENCE_SECONDS = 3600
_ACCOUNT = "181000"


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
            _load(database, ledger=ledger, settlement=settlement, bank=bank)
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


def _load(database: Database, *, ledger: Path, settlement: Path, bank: Path) -> None:
    patient = database.with_patience(_PATIENCE_SECONDS)
    with patient.transaction() as session:
        load_ledger(session, ledger)
        load_settlement(session, settlement)
        file_id = session.execute(text(_BANK_ACCOUNT), {"name": bank.name, "account": _ACCOUNT})
        load_bank(session, bank, account=_ACCOUNT, file_id=file_id.scalar_one())
    settle(database)


# A statement belongs to a bank account of the chart and to a file; these stand for both.
_BANK_ACCOUNT = """
WITH chart AS (INSERT INTO account (code, name, kind, currency, guarded, floor_cents, is_control,
       clearing)
               VALUES (:account, 'Bank', 'asset', 'EUR', false, 0, false, false) RETURNING code),
     bank AS (INSERT INTO bank_account (account, name, iban, bank)
              SELECT code, 'Bank', 'DE02120300000000202051', 'Bank' FROM chart)
INSERT INTO source_file (sha256, name, content) VALUES (sha256(convert_to(:name, 'UTF8')), :name,
       '') RETURNING id
"""


def _answer(database: Database, known: Manifest, out: Path) -> tuple[EngineResult, dict[str, int]]:
    with database.with_patience(_PATIENCE_SECONDS).transaction() as session:
        result = run(session, as_of=known.as_of, knowledge=known.knowledge, run_id=uuid4())
        return result, write_answer(session, out, result)
