"""`stadtkasse statement`: look at bank statements, in a table or as JSON."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import IO, Any

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from reconciliation.sources import (
    AmbiguousFormat,
    Kind,
    Problem,
    SourceError,
    StatementEnd,
    StatementEntry,
    StatementHead,
    UnknownFormat,
    UnreadableStatement,
    read_statements,
    unexplained_cents,
)
from reconciliation.sources.as_json import entry_as_json, head_as_json

_ROWS_SHOWN = 500
_SPOOL_BYTES = 4 * 2**20
_ENTRIES_AT_ONCE = 500
_ENCODE = json.JSONEncoder(ensure_ascii=False).encode

_REASONS = {
    Problem.EMPTY: "the file is empty. Fetch the statement from the bank again.",
    Problem.ENCODING: "its characters are not in the encoding it names ({found}). Fetch it as "
    "UTF-8.",
    Problem.DOCTYPE: "it holds a document type declaration (DOCTYPE), which may hide an attack and "
    "which no bank writes; it was not read. Find out where the file comes from.",
    Problem.MALFORMED: "the XML is damaged ({found}). Fetch the file again and do not edit it.",
    Problem.TRUNCATED: "the file breaks off before its end. Fetch it again, whole.",
    Problem.WRONG_MESSAGE: "this is no camt.052, camt.053 or camt.054 but {found}. Ask the bank "
    "for the statement as camt.053.",
    Problem.NO_STATEMENT: "there is no statement in it. Check the days that were asked for.",
    Problem.TOO_LARGE: "the file, or one entry in it, is too large ({found} bytes). Fetch fewer "
    "days at a time.",
    Problem.TOO_DEEP: "its elements are nested too deep ({found}). Find out where the file comes "
    "from.",
    Problem.TOO_MANY_ENTRIES: "it has too many entries ({found}). Fetch fewer days at a time.",
    Problem.TEXT_TOO_LONG: "a text is too long ({found} characters). Find out where the file comes "
    "from.",
    Problem.MISPLACED: "{element} ({found}) stands after the entries. Ask the bank.",
    Problem.MISSING: "{element} is missing. Fetch the file again, else ask the bank.",
    Problem.BAD_AMOUNT: "{element} is {found!r}, which is no amount with at most two decimals. "
    "Ask the bank.",
    Problem.BAD_CURRENCY: "the currency of {element} is {found!r}, not three capital letters. Ask "
    "the bank.",
    Problem.BAD_DATE: "{element} is {found!r}, which is no date. Ask the bank.",
    Problem.BAD_INDICATOR: "{element} is {found!r}, neither CRDT nor DBIT. Ask the bank.",
    Problem.BAD_COLUMNS: "the row has another number of columns than it should ({found}). Fetch "
    "the file again and do not edit it.",
    Problem.BAD_KIND: "rows that begin with {found!r} are not known. Ask whoever wrote the file.",
    Problem.BAD_TOTAL: "the rows are not those their sum announces: {element} {found}. Fetch the "
    "file again, whole.",
}

_KINDS = {
    Kind.STATEMENT: "Statement",
    Kind.REPORT: "Report of the day (provisional, not a statement)",
    Kind.NOTIFICATION: "Notification (details of entries, not a statement)",
}


@click.group()
def statement() -> None:
    """Bank statements: look into a file, import files."""


@statement.command(epilog="Example: stadtkasse statement show statement.xml --json")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "in_json", is_flag=True, help="Print JSON, one line per statement.")
def show(file: Path, *, in_json: bool) -> None:
    """Show what a statement file says (camt.053, .052, .054); nothing is stored.

    In JSON, amounts are signed cents and absent values null. A file that cannot be read to its
    end shows nothing but the reason, and the exit code is 1.
    """
    try:
        if in_json:
            _print_json(file)
        else:
            _print_tables(file)
    except SourceError as error:
        raise click.ClickException(f"{file.name}: {refusal(error)}") from error
    except OSError as error:
        raise click.ClickException(f"{file.name}: {error.strerror or error}") from error


def refusal(error: SourceError) -> str:
    """One sentence: where in the file, what is wrong, what to do."""
    match error:
        case UnreadableStatement():
            places = (("line", error.line), ("column", error.column), ("entry", error.entry))
            where = ", ".join(f"{name} {number}" for name, number in places if number is not None)
            reason = _REASONS[error.problem].format(
                found=error.found or "", element=error.element or ""
            )
            return f"{where}: {reason}" if where else reason
        case UnknownFormat():
            return (
                f"no known statement format; the file begins with {error.begins_with!r}. Ask the "
                "bank for camt.053, and unpack ZIP archives first."
            )
        case AmbiguousFormat():
            return f"more than one format fits: {', '.join(error.sources)}."
    return str(error)


def _print_json(file: Path) -> None:
    """One line per statement, and nothing at all unless the whole file can be read."""
    lines: list[tuple[str, int]] = []
    with SpooledTemporaryFile(_SPOOL_BYTES) as spool:
        head, start = StatementHead(message=""), 0
        entries: list[Mapping[str, Any]] = []
        for part in read_statements(file):
            match part:
                case StatementEntry():
                    entries.append(entry_as_json(part))
                    if len(entries) == _ENTRIES_AT_ONCE:
                        _spool_entries(spool, entries, is_first=spool.tell() == start)
                case StatementHead():
                    head, start = part, spool.tell()
                case StatementEnd():
                    _spool_entries(spool, entries, is_first=spool.tell() == start)
                    lines.append((_ENCODE(head_as_json(head, part)), spool.tell() - start))
        spool.seek(0)
        for line, length in lines:
            click.echo(line.removesuffix("}") + ', "entries": [', nl=False)
            for at in range(0, length, _SPOOL_BYTES):
                click.echo(spool.read(min(_SPOOL_BYTES, length - at)), nl=False)
            click.echo("]}")


def _spool_entries(spool: IO[bytes], entries: list[Mapping[str, Any]], *, is_first: bool) -> None:
    """Append the entries as JSON, without the brackets around them, and empty the list."""
    if entries:
        spool.write((b"" if is_first else b", ") + _ENCODE(entries)[1:-1].encode())
        entries.clear()


@dataclass(slots=True)
class _Shown:
    """A statement as far as a table shows it."""

    head: StatementHead
    entries: list[StatementEntry] = field(default_factory=list)


def _print_tables(file: Path) -> None:
    console = Console(highlight=False)
    for shown, end in list(_first_rows(file)):
        head = shown.head
        number = f" {head.sequence}" if head.sequence is not None else ""
        console.print(Text(f"{_KINDS[head.kind]}{number} · {head.message}", style="bold"))
        account = head.account_iban or "account without IBAN"
        console.print(Text(_printable(f"{account} · {head.statement_id or 'no id'}")))
        if shown.entries:
            console.print(_table(shown.entries))
        for line in _summary(head, end, len(shown.entries)):
            console.print(Text(line))
        console.print()


def _first_rows(file: Path) -> Iterator[tuple[_Shown, StatementEnd]]:
    shown = _Shown(StatementHead(message=""))
    for part in read_statements(file):
        match part:
            case StatementHead():
                shown = _Shown(part)
            case StatementEntry():
                if len(shown.entries) < _ROWS_SHOWN:
                    shown.entries.append(part)
            case StatementEnd():
                yield shown, part


def _table(entries: Sequence[StatementEntry]) -> Table:
    table = Table(show_edge=False, pad_edge=False)
    table.add_column("booked", no_wrap=True)
    table.add_column("value", no_wrap=True)
    table.add_column("amount", justify="right", no_wrap=True)
    table.add_column("counterparty", overflow="fold")
    table.add_column("remittance", overflow="fold")
    table.add_column("marks", overflow="fold")
    for entry in entries:
        party = "\n".join(filter(None, (entry.counterparty_name, entry.counterparty_iban)))
        table.add_row(
            _day(entry.booking_date),
            _day(entry.value_date),
            _money(entry.amount_cents, entry.currency),
            Text(_printable(party)),
            Text(_printable(entry.remittance or entry.booking_text or "")),
            Text(_printable("\n".join(_marks(entry)))),
        )
    return table


def _marks(entry: StatementEntry) -> Iterator[str]:
    """What tells the entry's kind and leads to what it pays."""
    if entry.reversal:
        yield "reversal"
    if entry.return_reason:
        yield f"returned: {entry.return_reason}"
    if entry.charges_cents is not None:
        yield f"charges in it: {_money(entry.charges_cents, entry.currency)}"
    if (count := len(entry.details) or entry.batch_count or 0) > 1:
        yield f"batch of {count}"
    yield from filter(None, (entry.rf_reference, entry.end_to_end_id, entry.mandate_id))
    codes = (entry.gvc and f"GVC {entry.gvc}", entry.bank_tx_code)
    yield from filter(None, [" ".join(code for code in codes if code)])


def _summary(head: StatementHead, end: StatementEnd, shown_count: int) -> Iterator[str]:
    """What was left out, and whether opening and movement make the closing balance."""
    if end.entry_count > shown_count:
        yield f"… and {end.entry_count - shown_count} more entries; --json has all of them."
    if end.skipped:
        counts = ", ".join(f"{count} {status}" for status, count in end.skipped.items())
        yield f"Not booked by the bank and therefore left out: {_printable(counts)}."
    if head.announced_entries not in (None, end.entry_count + sum(end.skipped.values())):
        yield f"The bank announces {head.announced_entries} entries: this is an extract."
    currency, unexplained = head.currency or "", unexplained_cents(head, end)
    noun = "entry" if end.entry_count == 1 else "entries"
    movement = f"movement {_money(end.movement_cents, currency)} ({end.entry_count} {noun})"
    if head.opening_cents is None or end.closing_cents is None:
        yield f"{movement.capitalize()}; without both balances there is nothing to check."
        return
    opening = f"Opening {_money(head.opening_cents, currency)} + {movement}"
    closing = _money(end.closing_cents, currency)
    if unexplained is None:
        yield f"{opening}; closing {closing}."
        yield f"{end.foreign_count} in another currency: the sum cannot be checked."
    elif unexplained == 0:
        yield f"{opening} = closing {closing}: the statement adds up."
    else:
        yield f"{opening} = {_money(head.opening_cents + end.movement_cents, currency)}"
        yield (
            f"The bank says closing {closing}: the statement does NOT add up, "
            f"{_money(unexplained, currency)} unexplained."
        )


def _money(cents: int, currency: str) -> str:
    """As people here write it: 1234567 is "12.345,67 €"."""
    whole, rest = divmod(abs(cents), 100)
    sign = "-" if cents < 0 else ""
    symbol = "€" if currency == "EUR" else currency
    return f"{sign}{whole:,}".replace(",", ".") + f",{rest:02d} {symbol}".rstrip()


def _day(day: date | None) -> str:
    return "" if day is None else f"{day:%d.%m.%Y}"


def _printable(text: str) -> str:
    """Without control characters: a statement must not steer the terminal it is shown in."""
    return "".join(char if char.isprintable() or char == "\n" else "·" for char in text)
