"""`stadtkasse statement import` and `inbox`: take files into the database, each once."""

from pathlib import Path

import click

from config.cli.output import Refusal, the_database
from config.cli.statement import refusal, statement
from config.database import Database
from config.settings import Settings
from reconciliation.inbox import Bringer, Delivered, State, deliver, take_in
from reconciliation.sources import SourceError

FILES = click.Path(exists=True, dir_okay=False, path_type=Path)
_QUIET = {
    State.KNOWN: "imported before, nothing changed.",
    State.OUTDATED: "a newer version is here; kept, nothing changed.",
    State.KEPT: "kept for the details of bundles; nothing is booked from it.",
}
FOLDER = click.Path(file_okay=False, path_type=Path)


@click.command("import", epilog="Example: stadtkasse statement import inbox/*.xml")
@click.argument("files", nargs=-1, required=True, type=FILES)
@click.option(
    "--correction", is_flag=True, help="They replace what is here under the same identity."
)
def import_command(files: tuple[Path, ...], *, correction: bool) -> None:
    """Import statements, providers' advices and ZIP archives of them.

    A file that cannot be taken is named and changes nothing. One that was here before is known;
    one that says something else than before is held unless --correction says that it is right.
    """
    bringer = Bringer("command", "command line", is_correction=correction)
    with the_database() as database:
        patient = database.with_patience(600)
        found = [each for file in files for each in _import(patient, file, bringer)]
    _end(found)


@click.command("inbox", epilog="Example: stadtkasse statement inbox /srv/bank/in")
@click.argument("folder", type=FOLDER, required=False)
def inbox_command(folder: Path | None) -> None:
    """Take in what lies in the watched folder, then move it to its `done` or `held`.

    Without FOLDER the one of the setting STADTKASSE_INBOX.
    """
    watched = folder or Settings.from_environment().inbox
    if watched is None:
        raise Refusal("No folder is watched: name one, or set STADTKASSE_INBOX.")
    with the_database() as database:
        taken = take_in(watched, database.with_patience(600).transaction)
    for one in taken:
        if one.trouble is not None:
            click.echo(f"{one.name}: {one.trouble}.", err=True)
    found = [each for one in taken for each in one.delivered]
    for each in found:
        _say(each)
    _end(found)


statement.add_command(import_command)
statement.add_command(inbox_command)


def _import(database: Database, file: Path, bringer: Bringer) -> list[Delivered]:
    with database.transaction() as session:
        found = deliver(session, file, bringer)
    for each in found:
        _say(each)
    return found


def _end(found: list[Delivered]) -> None:
    left = [each for each in found if each.trouble is not None]
    if left:
        raise Refusal(f"{len(left)} of {len(found)} files were not imported.")


def _say(found: Delivered) -> None:
    where = f"{found.archive}: {found.name}" if found.archive else found.name
    click.echo(f"{where}: {_sentence(found)}", err=found.trouble is not None)


def _sentence(found: Delivered) -> str:
    lines = sum(part.line_count for part in found.parts)
    parts = f"{len(found.parts)} statement{'' if len(found.parts) == 1 else 's'}"
    match found.state:
        case State.KNOWN | State.OUTDATED | State.KEPT:
            return _QUIET[found.state]
        case State.CORRECTED:
            changed = sum(part.diff.changed for part in found.parts)
            new = sum(part.diff.new for part in found.parts)
            gone = sum(part.diff.gone for part in found.parts)
            return f"replaces the earlier version: {changed} changed, {new} new, {gone} gone."
        case State.TAKEN:
            folded = sum(part.folded for part in found.parts)
            known = f", {folded} of them known" if folded else ""
            return f"{parts} with {lines} lines{known}."
    if isinstance(found.trouble, SourceError):
        return refusal(found.trouble)
    return f"{found.trouble}."
