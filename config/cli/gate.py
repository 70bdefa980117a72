"""`stadtkasse gate`: the process at a gate that lets people in, with the network or without it."""

import logging
import socket
from collections.abc import Callable
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import click
from flask import Flask

from config.cli.output import Refusal
from config.cli.serve import check_assets
from config.cli.till import alone
from config.gate import create_gate_app
from config.server import listening, serve_app
from config.settings import Settings
from terminals.face.words import LANGUAGES
from terminals.gate.site.gate import Gate, Place
from terminals.gate.site.relay import relay
from terminals.gate.site.staff import is_pin
from terminals.gate.site.sync import Sync
from terminals.gate.site.tables import metadata
from terminals.till.centre import Centre
from terminals.till.journal import JournalTrouble, open_journal

THREADS = 8
TOKEN = "STADTKASSE_GATE_TOKEN"  # noqa: S105 - the name of a variable
PIN = "STADTKASSE_GATE_PIN"


def _keep_pin(context: click.Context, _option: click.Parameter, pin: str | None) -> None:
    if pin is not None and not is_pin(pin):
        raise click.UsageError(f"{PIN} is a PIN of 4 to 12 digits.")
    context.meta[PIN] = pin


@click.command(
    "gate",
    epilog='Example: stadtkasse gate --site B01 --gate "Tor 1" --server https://kasse.example'
    " --token-file gate.token",
)
@click.option("--site", "code", required=True, help="Code of the facility, B01.")
@click.option("--gate", "name", required=True, help="What people call this gate, Tor 1.")
@click.option("--server", required=True, help="Address of the centre.")
@click.option("--token-file", type=click.Path(path_type=Path, exists=True, dir_okay=False),
              help=f"File with the device's token; else the variable {TOKEN}.")  # fmt: skip
@click.option("--relay", "barrier", help="Address that opens the barrier when asked for.")
@click.option("--language", default="de", show_default=True, type=click.Choice(LANGUAGES))
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8030, show_default=True, type=click.IntRange(0, 65535))
@click.option("--state", type=click.Path(path_type=Path), help="Folder of the gate's journal.")
@click.option("--pin", envvar=PIN, hidden=True, expose_value=False, callback=_keep_pin)
@click.option("--token", envvar=TOKEN, hidden=True)
def gate(
    code: str,
    name: str,
    server: str,
    *,
    token_file: Path | None,
    barrier: str | None,
    language: str,
    host: str,
    port: int,
    state: Path | None,
    token: str | None,
) -> None:
    """Serve the screen of a gate at /tor/ and let people in, until stopped.

    The token is what `stadtkasse device add --role gate --facility B01` printed. Everything is
    written to the gate's own journal first; what the centre has not heard waits there. Whoever
    works there takes a guest back at /tor/personal, by the PIN in STADTKASSE_GATE_PIN.
    """
    addresses = [server, *([barrier] if barrier else [])]
    if any(urlsplit(each).scheme not in {"http", "https"} for each in addresses):
        raise click.UsageError("--server and --relay are addresses such as https://kasse.example")
    given = token_file.read_text("ascii").strip() if token_file else token
    if not given:
        raise click.UsageError(f"Give --token-file, or the token in {TOKEN}.")
    check_assets()
    opener = relay(barrier) if barrier else lambda: None
    place = Place(code, name, given, opener)
    folder = state or Settings.from_environment().state_dir / "gate" / code / name.replace("/", "-")
    with alone(folder), listening(host, port) as ready:
        click.echo(f"Gate at http://{host}:{ready.getsockname()[1]}/tor/", err=True)
        made = partial(
            create_gate_app, language=language, pin=click.get_current_context().meta[PIN]
        )
        run_gate(ready, place, server.rstrip("/"), folder=folder, make=made)


def run_gate(
    ready: socket.socket, place: Place, server: str, *, folder: Path, make: Callable[[Gate], Flask]
) -> None:
    """Serve one gate on a listening socket, which this takes over, until SIGINT or SIGTERM.

    make: the application of a gate.
    """
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(message)s")
    running: list[tuple[Gate, Sync]] = []

    def make_app() -> Flask:
        try:
            journal = open_journal(folder / "gate.sqlite", metadata)
        except JournalTrouble as trouble:
            raise Refusal(str(trouble)) from trouble
        own = Gate(place, journal, Centre(server))
        own.tidy()
        sync = Sync(own)
        sync.start()
        running.append((own, sync))
        return make(own)

    def end() -> None:
        for own, sync in running:
            sync.stop()
            own.journal.close()

    # One worker: the journal has one owner.
    serve_app(ready, make_app, workers=1, threads=THREADS, ended=end)
