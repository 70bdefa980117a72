"""`stadtkasse worker`: seal every minute and reconcile every night."""

import logging

import click

from config.cli.output import the_database
from config.jobs import run_worker


@click.command(
    "worker", epilog="Example: DATABASE_URL=postgresql://db/stadtkasse stadtkasse worker"
)
def worker() -> None:
    """Run the jobs until stopped: seals every minute, the night's reconciliation from 02:00 on.

    Several workers may run at once; each job runs in one of them.
    """
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s: %(message)s")
    logging.getLogger("procrastinate").setLevel(logging.WARNING)
    with the_database() as database:
        click.echo("Working until Ctrl-C.", err=True)
        run_worker(database)
    click.echo("Stopped.", err=True)
