"""`stadtkasse seal · report`: working with the books from a shell."""

import csv
import json
import sys
from datetime import datetime
from typing import TextIO

import click
from rich.console import Console
from rich.table import Table

from config.cli.output import Refusal, german, the_database
from ledger.balances import TrialBalanceLine, trial_balance
from ledger.calendar import CITY_TIME
from ledger.errors import SealBusy
from ledger.seal import seal

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


def _print_table(lines: list[TrialBalanceLine], stream: TextIO) -> None:
    table = Table("Konto", "Bezeichnung", show_footer=True)
    debit = sum(line.balance.debit_cents for line in lines)
    credit = sum(line.balance.credit_cents for line in lines)
    table.add_column("Soll", german(debit), justify="right")
    table.add_column("Haben", german(credit), justify="right")
    table.add_column("Saldo", justify="right")
    for line in lines:
        held = line.balance
        cents = held.debit_balance_cents
        side = "S" if cents > 0 else "H" if cents < 0 else " "
        table.add_row(
            line.code, line.name, german(held.debit_cents), german(held.credit_cents),
            f"{german(abs(cents))} {side}",
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
