"""`stadtkasse seal · reconcile · report · export`: working with the books from a shell."""

import csv
import json
import sys
from datetime import date, datetime, timedelta
from typing import TextIO

import click
from rich.console import Console
from rich.table import Table

from config.cli.output import Refusal, the_database
from ledger.balances import TrialBalanceLine, trial_balance
from ledger.calendar import CITY_TIME
from ledger.errors import SealBusy
from ledger.seal import seal
from reconciliation.exports import books_of, load
from reconciliation.nightly import NightResult, run_night

DAY = click.DateTime(["%Y-%m-%d"])


@click.command("seal", epilog="Example: stadtkasse seal")
def seal_command() -> None:
    """Seal everything committed so far into a block."""
    with the_database() as database:
        try:
            block = seal(database.engine)
        except SealBusy as busy:
            raise Refusal(
                f"Writers never paused in {busy.tries} tries: seal again later."
            ) from busy
    if block is None:
        click.echo("Nothing new to seal.")
    else:
        click.echo(
            f"Block {block.number}: {block.entry_count} entries, {block.tree_size} in all, "
            f"root {block.root.hex()}"
        )


@click.command("reconcile", epilog="Example: stadtkasse reconcile --day 2026-11-17")
@click.option("--day", type=DAY, help="Business day to reconcile up to; yesterday if left out.")
@click.option("--json", "as_json", is_flag=True, help="For machines.")
def reconcile_command(day: datetime | None, *, as_json: bool) -> None:
    """Explain what the bank said and list what is left; safe to repeat."""
    until = day.date() if day else datetime.now(CITY_TIME).date() - timedelta(days=1)
    with the_database() as database, Console(stderr=True).status("Abgleich läuft …"):
        result = run_night(database.with_patience(3600).transaction, until)
    if as_json:
        click.echo(json.dumps(_night_document(result)))
    else:
        for line in _night_sentences(result):
            click.echo(line)


@click.group("report")
def report() -> None:
    """Reports over the books."""


@report.command(
    "trial-balance",
    epilog="Example: stadtkasse report trial-balance --as-of 2026-11-17 --format csv",
)
@click.option("--as-of", type=DAY, help="Business day, inclusive; everything if left out.")
@click.option("--known-at", type=click.DateTime(), help="As sealed by then (time in the city).")
@click.option("--sub-ledgers", is_flag=True, help="Every sub-ledger account by itself.")
@click.option("--format", "form", type=click.Choice(["table", "csv", "json"]), default="table")
def trial_balance_command(
    as_of: datetime | None, known_at: datetime | None, form: str, *, sub_ledgers: bool
) -> None:
    """Debits and credits of every account; the two sums are equal or something is broken."""
    with the_database() as database, database.read_only() as session:
        lines = trial_balance(
            session,
            as_of=as_of.date() if as_of else None,
            known_at=known_at.replace(tzinfo=CITY_TIME) if known_at else None,
            sub_ledgers=sub_ledgers,
        )
    {"table": _print_table, "csv": _print_csv, "json": _print_json}[form](lines, sys.stdout)
    if sum(line.balance.debit_balance_cents for line in lines):
        raise Refusal("Debits and credits differ: run `stadtkasse db check`.")


@click.command(
    "export",
    epilog="Example: stadtkasse export beancount -o books.beancount && bean-check books.beancount",
)
@click.argument("name", type=click.Choice(sorted(load())))
@click.option("--output", "-o", type=click.File("w", encoding="utf-8", lazy=True), default="-")
def export_command(name: str, output: TextIO) -> None:
    """Write the whole journal for another program to check."""
    with the_database() as database, database.with_patience(3600).read_only() as session:
        load()[name].write(books_of(session), output)


def _print_table(lines: list[TrialBalanceLine], stream: TextIO) -> None:
    table = Table("Konto", "Bezeichnung", show_footer=True)
    debit = sum(line.balance.debit_cents for line in lines)
    credit = sum(line.balance.credit_cents for line in lines)
    table.add_column("Soll", _german(debit), justify="right")
    table.add_column("Haben", _german(credit), justify="right")
    table.add_column("Saldo", justify="right")
    for line in lines:
        held = line.balance
        cents = held.debit_balance_cents
        side = "S" if cents > 0 else "H" if cents < 0 else " "
        table.add_row(
            line.code, line.name, _german(held.debit_cents), _german(held.credit_cents),
            f"{_german(abs(cents))} {side}",
        )  # fmt: skip
    Console(file=stream).print(table)


def _print_csv(lines: list[TrialBalanceLine], stream: TextIO) -> None:
    rows = csv.writer(stream, lineterminator="\n")
    rows.writerow(["account", "name", "kind", "debit_cents", "credit_cents", "balance_cents"])
    for line in lines:
        held = line.balance
        rows.writerow(
            [line.code, line.name, line.kind, held.debit_cents, held.credit_cents,
             held.debit_balance_cents]
        )  # fmt: skip


def _print_json(lines: list[TrialBalanceLine], stream: TextIO) -> None:
    accounts = [
        {
            "account": line.code, "name": line.name, "kind": line.kind,
            "debit_cents": line.balance.debit_cents, "credit_cents": line.balance.credit_cents,
            "balance_cents": line.balance.debit_balance_cents,
        }
        for line in lines
    ]  # fmt: skip
    stream.write(json.dumps({"accounts": accounts}, ensure_ascii=False) + "\n")


def _night_document(result: NightResult) -> dict[str, object]:
    return {
        "day": result.day.isoformat(),
        "matched": dict(result.matched),
        "opened": result.opened,
        "closed": result.closed,
        "open_count": result.open_count,
        "open_cents": result.open_cents,
        "control_totals": [
            {"account": total.account, "as_of": total.as_of.isoformat(),
             "ledger_cents": total.ledger_cents, "bank_cents": total.bank_cents}
            for total in result.control_totals
        ],
    }  # fmt: skip


def _night_sentences(result: NightResult) -> list[str]:
    matched = ", ".join(f"{count} {rule}" for rule, count in sorted(result.matched.items()))
    lines = [
        f"{_date(result.day)}: {sum(result.matched.values())} bank lines booked"
        f" ({matched or '-'}).",
        f"{result.open_count} differences open over {_german(result.open_cents)} EUR,"
        f" {result.opened} new, {result.closed} closed.",
    ]
    for total in result.control_totals:
        agrees = "agrees" if total.bank_cents == total.ledger_cents else "DIFFERS"
        lines.append(
            f"{total.account} on {_date(total.as_of)}: books {_german(total.ledger_cents)}, "
            f"bank {_german(total.bank_cents)}: {agrees}."
        )
    return lines


def _german(cents: int) -> str:
    whole = f"{abs(cents) // 100:,}".replace(",", ".")
    return f"{'-' if cents < 0 else ''}{whole},{abs(cents) % 100:02d}"


def _date(day: date) -> str:
    return day.strftime("%d.%m.%Y")
