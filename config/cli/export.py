"""`stadtkasse export`: the journal for other programs, and batches for the finance system."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import BinaryIO

import click
from rich.console import Console
from sqlalchemy.orm import Session

from config.cli.output import Refusal, the_database
from config.errors import sentence
from config.exports import export_settings
from ledger.permissions import Caller
from reconciliation.exports import Excerpt, Export, books_of, load
from reconciliation.exports.batches import create_batches, write_plain
from reconciliation.exports.handover import Batch, batches, content, find_batch
from reconciliation.exports.refusals import ExportRefused, SettingsWrong
from reconciliation.exports.settings import layout_of

DAY = click.DateTime(["%Y-%m-%d"])
OPERATOR = Caller("command line", "operator")
PATIENCE_SECONDS = 3600


@click.group("export")
def export() -> None:
    """The journal as other programs read it; each entry once in a batch."""


@export.command("list", epilog="Example: stadtkasse export list --format datev")
@click.option("--format", "name", help="Of this format alone.")
@click.option("--json", "as_json", is_flag=True, help="For machines.")
def list_batches(name: str | None, *, as_json: bool) -> None:
    """The newest batches with their hashes."""
    with the_database() as database, database.read_only() as session:
        found = batches(session, format=name)
    if as_json:
        click.echo(json.dumps([_document(one) for one in found]))
        return
    for one in found:
        click.echo(
            f"{one.format:<12} {one.number:>6}  {one.first_day} {one.last_day}"
            f" {one.entry_count:>9} {_euros(one.amount_cents):>16}  {one.state:<8}"
            f" {one.sha256.hex()}"
        )


def _document(one: Batch) -> dict[str, object]:
    return {
        "format": one.format, "number": one.number, "first_day": one.first_day.isoformat(),
        "last_day": one.last_day.isoformat(), "entry_count": one.entry_count,
        "transfer_count": one.transfer_count, "amount_cents": one.amount_cents,
        "created_at": one.created_at.isoformat(), "created_by": one.created_by,
        "file": one.name, "byte_count": one.byte_count, "sha256": one.sha256.hex(),
        "state": one.state, "decision": one.decision,
    }  # fmt: skip


def _command(format: Export) -> click.Command:
    @click.command(
        format.name,
        help=f"{format.title}: the whole journal, days of it, or a batch. A look hands nothing"
        " over; --new takes every entry of closed and sealed days into a batch, once.",
        epilog=f"Example: stadtkasse export {format.name} --batch 3 -o {format.name}-3.txt",
    )
    @click.option("--from", "first", type=DAY, help="A look at the days from here.")
    @click.option("--to", "last", type=DAY, help="... up to and including here; also of --new.")
    @click.option("--batch", type=int, help="A batch as it was made, byte for byte.")
    @click.option("--new", is_flag=True, help="Make a batch of what was not handed over yet.")
    @click.option("--output", "-o", type=click.File("wb", lazy=True), default="-")
    def command(
        first: datetime | None, last: datetime | None, batch: int | None, output: BinaryIO, *,
        new: bool,
    ) -> None:  # fmt: skip
        if (batch is not None) + new + (first is not None) > 1:
            raise click.UsageError("--batch, --new and --from are three different things")
        until = last.date() if last else None
        with _refusing():
            if new:
                _make(format.name, until)
            elif batch is not None:
                _again(format.name, batch, output)
            else:
                excerpt = Excerpt(first_day=first.date() if first else None, last_day=until)
                _look(format.name, excerpt, output)

    return command


def _look(name: str, excerpt: Excerpt, output: BinaryIO) -> None:
    layout = layout_of(export_settings(), name)
    with the_database() as database, database.with_patience(PATIENCE_SECONDS).read_only() as books:
        write_plain(books_of(books, excerpt), layout, output)


def _again(name: str, number: int, output: BinaryIO) -> None:
    with the_database() as database, database.with_patience(PATIENCE_SECONDS).read_only() as books:
        for part in content(books, find_batch(books, name, number)):
            output.write(part)


def _make(name: str, until: date | None) -> None:
    at = datetime.now(UTC)
    waiting = Console(stderr=True).status("Handing over …")
    with the_database() as database, waiting, database.transaction() as session:
        made = _made(session, name, until, at)
    for one in made:
        click.echo(
            f"{one.name}: batch {one.number}, {one.entry_count} entries of {one.first_day} to"
            f" {one.last_day}, {_euros(one.amount_cents)}, SHA-256 {one.sha256.hex()}"
        )


def _made(session: Session, name: str, until: date | None, at: datetime) -> list[Batch]:
    numbers = create_batches(
        session, OPERATOR, name, settings=export_settings(), until=until, at=at
    )
    return [find_batch(session, name, number) for number in numbers]


@contextmanager
def _refusing() -> Iterator[None]:
    try:
        yield
    except ExportRefused as no:
        raise Refusal(f"{sentence(no.code).english} ({no})") from no
    except SettingsWrong as wrong:
        raise Refusal(str(wrong)) from wrong


def _euros(cents: int) -> str:
    return f"{cents // 100:,}.{cents % 100:02d}"


for _format in load().values():
    export.add_command(_command(_format))
