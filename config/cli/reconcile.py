"""`stadtkasse reconcile`: the night by hand, step by step on the screen."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date, datetime, timedelta

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from config.cli.output import german, the_database
from config.cli.serve import provider_of
from config.settings import Settings
from ledger.calendar import CITY_TIME
from reconciliation import night as nights
from reconciliation.night.steps import Counts
from reconciliation.night.words import step_word

PATIENCE_SECONDS = 3600


@click.command("reconcile", epilog="Example: stadtkasse reconcile --day 2026-11-17")
@click.option(
    "--day", type=click.DateTime(["%Y-%m-%d"]),
    help="Business day to reconcile up to; yesterday if left out.",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="For machines.")
def reconcile_command(day: datetime | None, *, as_json: bool) -> None:
    """Take in files, ask the provider, match, book by exact keys and list what is left.

    Safe to repeat and to stop: a run that was cut off goes on where it was.
    """
    until = day.date() if day else datetime.now(CITY_TIME).date() - timedelta(days=1)
    settings = Settings.from_environment()
    provider = provider_of(settings)
    means = nights.Means(settings.inbox, provider.client if provider else None)
    with the_database(settings=settings) as database, _shown(quiet=as_json) as told:
        patient = database.with_patience(PATIENCE_SECONDS)
        result = nights.run_night(patient.transaction, until, means, told)
    if as_json:
        click.echo(json.dumps(_document(result)))
        return
    for line in _sentences(result):
        click.echo(line)


@contextmanager
def _shown(*, quiet: bool) -> Iterator[nights.Progress | None]:
    """Each step on the screen, with what the one before it did."""
    if quiet:
        yield None
        return
    columns = (
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
    )  # fmt: skip
    with Progress(*columns, console=Console(stderr=True), transient=True) as shown:
        task = shown.add_task("Abgleich", total=None)

        def tell(step: str, done: int, total: int, counts: Counts) -> None:
            if counts.get("written"):
                shown.console.print(f"  {counts['written']} Zeilen geschrieben")
            if step:
                shown.console.print(step_word(step))
            shown.update(task, description=step_word(step), completed=done, total=total)

        yield tell


def _document(result: nights.NightResult) -> dict[str, object]:
    totals = [asdict(total) | {"as_of": total.as_of.isoformat()} for total in result.control_totals]
    return asdict(result) | {
        "day": result.day.isoformat(), "matched": dict(result.matched), "control_totals": totals,
    }  # fmt: skip


def _sentences(result: nights.NightResult) -> Iterator[str]:
    matched = ", ".join(f"{count} {rule}" for rule, count in sorted(result.matched.items()))
    yield (
        f"Run {result.number}, {_date(result.day)}: {sum(result.matched.values())} bank lines"
        f" booked ({matched or '-'}), {result.written} rows written."
    )
    yield (
        f"{result.open_count} differences open over {german(result.open_cents)} EUR,"
        f" {result.opened} new, {result.closed} closed."
    )
    for total in result.control_totals:
        agrees = "agrees" if total.bank_cents == total.ledger_cents else "DIFFERS"
        yield (
            f"{total.account} on {_date(total.as_of)}: books {german(total.ledger_cents)}, "
            f"bank {german(total.bank_cents)}: {agrees}."
        )


def _date(day: date) -> str:
    return day.strftime("%d.%m.%Y")
