"""`stadtkasse zvt simulate`: a card terminal to practise with, and its page."""

import signal
import threading

import click

from config.cli.output import Refusal
from terminals.simulators.zvt import Simulator

_PORTS = click.IntRange(0, 65535)


@click.command("simulate", epilog="Example: stadtkasse zvt simulate --port 20007")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=20007, show_default=True, type=_PORTS,
              help="Where registers connect.")  # fmt: skip
@click.option("--control-port", default=20080, show_default=True, type=_PORTS,
              help="Where the page and the JSON API are.")  # fmt: skip
@click.option("--pace", default=1.0, show_default=True, type=click.FloatRange(0, 10),
              help="How slow its guests and hosts are; 0 is at once.")  # fmt: skip
@click.option("--terminal-id", default="52000017", show_default=True, help="Eight digits.")
@click.option("--wait-for-card", is_flag=True, help="Approve nothing until someone presses a key.")
def simulate(
    host: str, port: int, control_port: int, *, pace: float, terminal_id: str, wait_for_card: bool
) -> None:
    """A simulated ZVT card terminal, for training and for trying a register.

    It keeps its own ledger in memory. The page shows its display, holds a card to it and chooses
    what happens next; no money moves anywhere. Ctrl-C stops it.
    """
    try:
        simulator = Simulator(port, control_port, host=host, pace=pace, terminal_id=terminal_id)
        simulator.set(automatic_card=not wait_for_card)
        with simulator:
            click.echo(f"Terminal {terminal_id} listens on {host}:{simulator.port}", err=True)
            click.echo(f"Its page: http://{host}:{simulator.control_port}", err=True)
            _wait_for_the_end()
    except ValueError as wrong:
        raise click.UsageError(f"{wrong}.") from wrong
    except OSError as trouble:
        raise Refusal(
            f"Cannot listen on {host} ({trouble.strerror or trouble}):"
            " choose others with --port and --control-port."
        ) from trouble


def _wait_for_the_end() -> None:
    """Until Ctrl-C or SIGTERM."""
    ended = threading.Event()
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, lambda *_: ended.set())
    ended.wait()
