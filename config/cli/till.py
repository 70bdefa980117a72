"""`stadtkasse till`: the process at a site that sells, with the network or without it."""

import fcntl
import logging
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import click
from flask import Flask

from config.cli.output import Refusal
from config.cli.serve import check_assets
from config.server import listening, serve_app
from config.settings import Settings
from config.site import create_site_app
from terminals.till.centre import Centre
from terminals.till.counter import Counter
from terminals.till.counter.following import follow
from terminals.till.devices_file import Devices, DevicesFaulty, read_devices
from terminals.till.e_receipts import e_receipts
from terminals.till.journal import JournalTrouble, open_journal
from terminals.till.site import Site

THREADS = 32  # every browser holds one while it waits for news


@click.command("till", epilog="Example: stadtkasse till --site B01 --server https://kasse.example")
@click.option("--site", "code", required=True, help="Code of the facility, B01.")
@click.option("--server", required=True, help="Address of the centre.")
@click.option("--devices", "devices_file", type=click.Path(path_type=Path),
              help="TOML file with the site's card terminals and printers.")  # fmt: skip
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8020, show_default=True, type=click.IntRange(0, 65535))
@click.option("--address", help="Of this site as a guest's phone reaches it; in receipts' codes.")
@click.option("--state", type=click.Path(path_type=Path), help="Folder of the site's journal.")
def till(
    code: str,
    server: str,
    *,
    devices_file: Path | None,
    host: str,
    port: int,
    address: str | None,
    state: Path | None,
) -> None:
    """Serve the register of a site at /kasse/ and speak to its terminals, until stopped.

    A till is connected once, with a code that the centre shows under Devices. Everything is
    written to the site's own journal first; what the centre has not heard waits there.
    """
    if urlsplit(server).scheme not in {"http", "https"}:
        raise click.UsageError("--server is an address such as https://kasse.example")
    check_assets()
    folder = state or Settings.from_environment().state_dir / "till" / code
    try:
        devices = read_devices(devices_file) if devices_file else Devices({}, {})
    except DevicesFaulty as faulty:
        raise Refusal(str(faulty)) from faulty
    with alone(folder), listening(host, port) as ready:
        here = f"http://{host}:{ready.getsockname()[1]}"
        click.echo(f"Register at {here}/kasse/", err=True)
        place = Place(folder, devices, server.rstrip("/"), (address or here).rstrip("/"))
        run_site(ready, code, place)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a site stands: its folder and devices, the centre's address, and its own."""

    folder: Path
    devices: Devices
    centre: str
    address: str


def run_site(ready: socket.socket, code: str, place: Place) -> None:
    """Serve one site on a listening socket, which this takes over, until SIGINT or SIGTERM."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(message)s")
    sites: list[Site] = []

    def make_app() -> Flask:
        try:
            journal = open_journal(place.folder / "journal.sqlite")
        except JournalTrouble as trouble:
            raise Refusal(str(trouble)) from trouble
        site = Site(
            code, journal, Centre(place.centre), place.devices.terminals, place.devices.printers,
            follow, place.address, place.devices.limits,
        )  # fmt: skip
        site.start()
        sites.append(site)
        return create_site_app(Counter(site), beside=[e_receipts(journal)])

    def end() -> None:
        for site in sites:
            site.stop()

    # One worker: the terminals and the journal have one owner.
    serve_app(ready, make_app, workers=1, threads=THREADS, ended=end)


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """One process owns a site's journal. Raises Refusal with a sentence."""
    # Tokens and the hashes of PINs lie in it: nobody else's to read.
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (folder / "site.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Refusal(f"Another process sells with the journal in {folder}.") from None
        yield
