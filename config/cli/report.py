"""`stadtkasse report NAME`: what a month or a year of the books says, for people and files."""

import sys
from datetime import datetime
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table as Grid

from config.cli.books import report as report_group
from config.cli.output import Refusal, the_database
from config.web.formats import instant
from ledger.calendar import CITY_TIME
from ledger.documents.pdf import PdfMissing
from reconciliation.reports import Report, load
from reconciliation.reports.document import Document
from reconciliation.reports.forms import Stamp, in_form, shown
from reconciliation.reports.period import period_named

FORMS = ("table", "csv", "xlsx", "pdf")


def _command(report: Report) -> click.Command:
    @click.command(
        report.name,
        help=f"{report.title}: one month or year.",
        epilog=f"Example: stadtkasse report {report.name} --period 2026-11 --format pdf -o r.pdf",
    )
    @click.option("--period", required=True, help="A month or a year: 2026-11, 2026.")
    @click.option("--known-at", type=click.DateTime(), help="As sealed by then (time in the city).")
    @click.option("--format", "form", type=click.Choice(FORMS), default="table")
    @click.option("--output", "-o", type=click.Path(dir_okay=False, path_type=Path))
    def command(period: str, known_at: datetime | None, form: str, output: Path | None) -> None:
        instant_known = known_at.replace(tzinfo=CITY_TIME) if known_at else None
        asked = period_named(period, known_at=instant_known)
        if asked is None:
            raise click.BadParameter(
                "say a month or a year, like 2026-11 or 2026", param_hint="--period"
            )
        with the_database() as database, database.with_patience(600).read_only() as session:
            document = report.build(session, asked)
        _write(document, form, output)
        if not document.agrees:
            raise Refusal("A check of this report does not hold: look at the tables.")

    return command


def _write(document: Document, form: str, output: Path | None) -> None:
    if form == "table":
        for table in document.tables:
            Console(file=sys.stdout).print(_grid(document, table.title))
        return
    if output is None and form != "csv":
        raise click.UsageError(f"name a file for {form} with --output")
    try:
        content = in_form(document, form, Stamp("Stadtkasse", datetime.now(CITY_TIME)))
    except PdfMissing as missing:
        raise Refusal("PDF needs the extra `pdf` and Pango: save csv or xlsx.") from missing
    if output is None:
        sys.stdout.buffer.write(content)
    else:
        output.write_bytes(content)


def _grid(document: Document, title: str) -> Grid:
    table = next(each for each in document.tables if each.title == title)
    known = document.period.known_at
    note = f" · bekannt bis {instant(known)}" if known else ""
    grid = Grid(title=f"{title}, {document.period.words}{note}", show_footer=table.has_sums)
    for column, total in zip(table.columns, table.sums, strict=True):
        foot = shown(column, total) if column.has_sum else ""
        justify = "left" if column.kind == "text" else "right"
        grid.add_column(column.name, foot, justify=justify)  # type: ignore[arg-type]
    for row in table.rows:
        grid.add_row(*(shown(c, cell) for c, cell in zip(table.columns, row, strict=True)))
    return grid


report = report_group
for _each in load().values():
    report.add_command(_command(_each))
