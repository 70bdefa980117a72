"""`stadtkasse bench`: how fast the books are on this machine."""

from dataclasses import replace

import click
from rich.console import Console

from config.settings import Settings


@click.command(epilog="Example: stadtkasse bench --quick")
@click.option("--quick", is_flag=True, help="Fewer rows: about a third of the time.")
@click.option("--rounds", type=click.IntRange(1), help="Rounds, 3 if left out.")
@click.option("--million", is_flag=True, help="Also match a month of a million payments.")
@click.option(
    "--calm", type=click.IntRange(0), default=2, show_default=True, metavar="SECONDS",
    help="How long to wait for an idle machine before each group of slices.",
)  # fmt: skip
@click.option("--json", "in_json", is_flag=True, help="Print JSON instead of a table.")
def bench(quick: bool, rounds: int | None, million: bool, calm: int, in_json: bool) -> None:
    """Measure posting, reading and a till against bare PostgreSQL, bare disks and other libraries.

    Starts a PostgreSQL of its own beside the demo's and removes it at the end. Missing a target
    is no error: the table says so.
    """
    from config.bench.measure import QUICK, Size  # noqa: PLC0415 - other commands need none of it
    from config.bench.runner import run  # noqa: PLC0415
    from config.bench.table import as_json, show  # noqa: PLC0415

    size = QUICK if quick else Size()
    if rounds:
        size = replace(size, rounds=rounds)
    if million:
        size = replace(size, more_payments=1_000_000)
    folder = Settings.from_environment().state_dir / "bench"
    aside = Console(stderr=True)
    with aside.status("bench") as status:
        report = run(folder, size, calm_seconds=calm, told=status.update)
    if in_json:
        click.echo(as_json(report))
    else:
        show(report, Console(width=max(Console().width, 118)))
