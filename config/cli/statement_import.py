"""`stadtkasse statement import`: take files into the database, each once."""

from pathlib import Path

import click

from config.cli.output import Refusal, the_database
from config.cli.statement import refusal, statement
from config.database import Database
from reconciliation.errors import ReconciliationError
from reconciliation.imports import ImportResult, import_file
from reconciliation.sources import SourceError

FILES = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("import", epilog="Example: stadtkasse statement import inbox/*.xml")
@click.argument("files", nargs=-1, required=True, type=FILES)
def import_command(files: tuple[Path, ...]) -> None:
    """Import statements; a file that cannot be taken is named and changes nothing."""
    with the_database() as database:
        patient = database.with_patience(600)
        refused = [file for file in files if not _import(patient, file)]
    if refused:
        raise Refusal(f"{len(refused)} of {len(files)} files were not imported.")


statement.add_command(import_command)


def _import(database: Database, file: Path) -> bool:
    try:
        with database.transaction() as session:
            result = import_file(session, file)
    except SourceError as problem:
        click.echo(f"{file.name}: {refusal(problem)}", err=True)
        return False
    except ReconciliationError as problem:
        click.echo(f"{file.name}: {problem}.", err=True)
        return False
    click.echo(_sentence(result))
    return True


def _sentence(result: ImportResult) -> str:
    if not result.is_new:
        return f"{result.file_name}: imported before, nothing changed."
    lines = sum(statement.line_count for statement in result.statements)
    return f"{result.file_name}: {len(result.statements)} statements with {lines} lines."
