"""`stadtkasse demo`: a city lives through its last days, then shows its page."""

import fcntl
import shutil
import signal
import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import NoReturn

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from config.cli.output import Refusal, the_database
from config.cli.serve import check_assets, provider_of, run
from config.cli.worker import smtp_from
from config.database import Database
from config.demo.counters import (
    CASHIER_PIN,
    MANAGER_PIN,
    OFFICE,
    PASSWORD,
    connect,
    free_counters,
    running,
    settle_in,
)
from config.demo.gates import STAFF_PIN, let_in, open_gate
from config.demo.life import CityFaulty, LifeResult, Stage, live
from config.demo.links import wait_for_a_fee
from config.demo.online import PARENTS, Online, free_online, move_in, simulated
from config.demo.online import PASSWORD as FAMILY_PASSWORD
from config.demo.programs import answers
from config.jobs import run_worker
from config.migrations import upgrade
from config.server import listening
from config.settings import Settings
from config.throwaway import drop_left_behind
from config.web.pages import CounterLink
from ledger.calendar import CITY_TIME
from ledger.permissions import Caller

HOST = "127.0.0.1"  # the visitor is let in as finance clerk: nobody but this machine may ask
VISITOR = Caller("demo", "finance")
MONTHS_AT_MOST = 6

console = Console(stderr=True, highlight=False)


@click.command("demo", epilog="Example: stadtkasse demo --days 14")
@click.option("--days", default=14, show_default=True, type=click.IntRange(1, 31 * MONTHS_AT_MOST),
              help="How many days back a new city begins.")  # fmt: skip
@click.option("--fresh", is_flag=True, help="Throw the demo's own data away and begin again.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535))
@click.option("--no-serve", is_flag=True, help="Live the days, then end without a page.")
def demo(days: int, port: int, *, fresh: bool, no_serve: bool) -> None:
    """A whole city on this machine: 41 facilities live through the last days up to yesterday.

    Needs nothing installed: PostgreSQL comes along. A second start goes on where the books end;
    a day that was cut off is lived again and nothing doubles. Ctrl-C stops everything.
    """
    signal.signal(signal.SIGTERM, _stop)
    folder = Settings.from_environment().state_dir / "demo"
    ready = None if no_serve else _ready_to_serve(port)
    try:
        with _alone(folder, fresh=fresh), _books(folder) as database:
            _say_what_happened(_live(database, folder / "bank", days))
            if ready is not None:
                _serve(ready, database, folder)
    except KeyboardInterrupt:
        console.print("Stopped. The next start goes on from here.")
    finally:
        if ready is not None:
            ready.close()


def _stop(_signal: int, _frame: object) -> NoReturn:
    raise KeyboardInterrupt


def _ready_to_serve(port: int) -> socket.socket:
    """What would stop the page is said now, not after the days were lived."""
    check_assets()
    return listening(HOST, port)


@contextmanager
def _alone(folder: Path, *, fresh: bool) -> Iterator[None]:
    """One demo at a time lives in this folder; `fresh` empties it first."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "demo.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Refusal(f"Another demo is running in {folder}: stop it first.") from None
        if fresh:
            _throw_away(folder)
        yield


@contextmanager
def _books(folder: Path) -> Iterator[Database]:
    """The demo's own database, whatever `DATABASE_URL` says, brought up to date."""
    with the_database(migrated=False, settings=Settings(state_dir=folder)) as database:
        drop_left_behind(database.admin_url.set(database="postgres"))
        upgrade(database.admin_url)
        yield database


def _throw_away(folder: Path) -> None:
    """Only what the demo made itself; a server of a demo that was killed is stopped first."""
    if (folder / "postgresql").exists():
        # A server that does not start is none to stop.
        with suppress(Refusal), the_database(migrated=False, settings=Settings(state_dir=folder)):
            """Joined as its only user, the server stops when we leave."""
    for own in ("postgresql", "bank", "inbox", "tills", "gates"):
        shutil.rmtree(folder / own, ignore_errors=True)


def _live(database: Database, folder: Path, days: int) -> LifeResult:
    columns = (
        TextColumn("{task.description:<12}"), BarColumn(), MofNCompleteColumn(),
        TimeElapsedColumn(),
    )  # fmt: skip
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("Stadt Aachen", total=None)

        def progress(done: int, total: int, what: str) -> None:
            bar.update(task, completed=done, total=total, description=what or "done")

        try:
            today = datetime.now(CITY_TIME).date()
            return live(database, Stage(folder), days=days, today=today, progress=progress)
        except CityFaulty as faulty:
            raise Refusal("\n".join(map(str, faulty.args))) from faulty


_SAID = {
    "charged": "sales and fees",
    "counted": "free admissions and services, counted",
    "meals": "children's meals",
    "cancelled meals": "meals cancelled in time",
    "top-ups at counters": "top-ups at counters",
    "voided": "voids",
    "refused": "refused",
}


def _say_what_happened(life: LifeResult) -> None:
    if not life.days:
        console.print("The books are kept up to yesterday; no day is missing.")
        return
    table = Table.grid(padding=(0, 2))
    table.add_column(justify="right")
    for name, words in _SAID.items():
        if life.outcomes[name]:
            table.add_row(f"{life.outcomes[name]:,}", words)
    if life.night:
        table.add_row(str(life.night.open_count), "differences open after the last night")
    first, last = life.days[0], life.days[-1]
    count = f"{len(life.days)} day{'s' if len(life.days) > 1 else ''}"
    console.print(f"Lived {count}, {first} to {last}, in {life.seconds} seconds:")
    console.print(table)


def _serve(ready: socket.socket, database: Database, folder: Path) -> None:
    address = f"http://{HOST}:{ready.getsockname()[1]}"
    given = Settings.from_environment()
    online = free_online(given)
    settings = online.settings(replace(given, state_dir=folder), address)
    counters, today = free_counters(online.stripe_port), datetime.now(CITY_TIME).date()
    with database.transaction() as session:
        settle_in(session)
        move_in(session, today)
        let_in(session, folder / "gates")
        fee, notice = wait_for_a_fee(session, today)

    def beside(own: Database, ending: threading.Event) -> None:  # noqa: ARG001 - it ends with us
        connect(counters, own, folder / "tills")
        answers(gate.port)
        _say_where(address, links, online)
        smtp = smtp_from(settings)
        run_worker(own, provider=provider_of(settings), smtp=smtp, is_alone=False)

    with (
        simulated(online, address),
        running(counters, folder / "tills", address),
        open_gate(folder / "gates", address) as gate,
    ):
        letters = online.mail_page or online.provider_page
        links = (
            *(CounterLink(each.name, each.address, "Kartenterminal dazu", each.terminal_page)
              for each in counters),
            CounterLink("Portal für Eltern", "/portal/", "Briefe dazu", letters),
            CounterLink("Tickets", "/tickets", "Tor dazu", gate.page),
            CounterLink("Zahllink", fee, "Gebührenbescheid", notice),
            CounterLink("Bücher prüfen", "/buecher", "Zahlungsdienst", online.provider_page),
        )  # fmt: skip
        console.print("Opening the tills and the gate …")
        run(ready, database, settings, visitor=VISITOR, beside=beside, counters=links)
    console.print("Stopped.")


def _say_where(address: str, links: Sequence[CounterLink], online: Online) -> None:
    lines = [
        f"\n  [bold]{address}[/bold]\n      the city's day: takings, ways to pay, last night,"
        f" trial balance, wallets\n  {address}/api/v1/\n      the API of the tills"
    ]
    for each in links:
        lines += [
            f"  {each.name}: {_whole(address, each.address)}",
            f"      {each.beside}: {_whole(address, each.beside_address)}",
        ]
    families = ", ".join(each.email for each in PARENTS)
    lines += [
        f"\nPINs at the tills: cashier {CASHIER_PIN}, manager {MANAGER_PIN};"
        f" at the gate: {STAFF_PIN}.",
        f"Parents: {families}; password: {FAMILY_PASSWORD}",
        f"Staff: {address}/staff/sign-in as {', '.join(OFFICE)}; password: {PASSWORD}",
        f"The simulated payment provider: {online.provider_page}online",
        "You are let in as finance clerk, from this machine alone. Ctrl-C stops everything.",
    ]
    console.print("\n".join(lines), soft_wrap=True)  # an address that is broken leads nowhere


def _whole(address: str, place: str) -> str:
    return place if place.startswith("http") else f"{address}{place}"
