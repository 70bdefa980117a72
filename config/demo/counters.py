"""The demonstration's counters: a pool, a museum and an office with a till each, ready to sell.

Every part is a program of its own, as it would be at a site: a simulated terminal, and a site
process that reaches the city over HTTP. The tills are connected the way a technician does it,
with a code of the centre.
"""

import json
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode

from sqlalchemy.orm import Session

from config.database import Database
from config.demo.programs import HOST, answers, free_port, program, stopped
from ledger.permissions import Caller
from ledger.staff.people import Post, add_person, people, set_password
from ledger.staff.pins import set_pin
from terminals.devices import devices, revoke_device
from terminals.enrolment import make_code

ADMINISTRATOR = Caller("demo", "administrator")


@dataclass(frozen=True, slots=True)
class Counter:
    """One counter of the demonstration: its site, till and address, and its terminal's page."""

    site: str
    till: str
    name: str
    adapter: str
    port: int
    terminal_port: int
    control_port: int

    @property
    def address(self) -> str:
        """The register in a browser."""
        return f"http://{HOST}:{self.port}/kasse/"

    @property
    def terminal_page(self) -> str:
        """Where a guest's card is held to the simulated terminal."""
        path = "/_sim/" if self.adapter == "stripe_terminal" else "/"
        return f"http://{HOST}:{self.control_port}{path}"


# Where the counters are to be found, if nobody else listens there.
_USUALLY = (
    Counter("B01", "B01-1", "Elisabethhalle", "zvt", 8021, 20011, 20081),
    Counter("M01", "M01-1", "Ludwig Forum", "stripe_terminal", 8022, 20012, 20012),
    Counter("A01", "A01-1", "Bürgerservice Katschhof", "zvt", 8023, 20013, 20083),
)

# Logins, roles and PINs of the demonstration; nobody outside this machine reaches it.
CASHIER_PIN, MANAGER_PIN = "482916", "735204"
PASSWORD = "Drei Kassen zum Ausprobieren"  # noqa: S105 - printed on the screen
OFFICE = {"freigabe": "finance_approver", "verwaltung": "administrator", "pruefung": "auditor"}


def free_counters(stripe_port: int) -> tuple[Counter, ...]:
    """The counters at ports where they can listen now; readers are where Stripe is simulated."""
    return tuple(_at_free_ports(each, stripe_port) for each in _USUALLY)


def settle_in(session: Session) -> None:
    """Give every counter a cashier and a manager with their PINs, and the office its people."""
    known = {one.login for one in people(session)}
    now = datetime.now(UTC)
    for login, role in OFFICE.items():
        if login not in known:
            one = add_person(
                session, ADMINISTRATOR, login=login, name=login.title(), post=Post(role)
            )
            set_password(session, ADMINISTRATOR, one.code, PASSWORD, at=now)
    for counter in _USUALLY:
        for role, pin in (("cashier", CASHIER_PIN), ("site_manager", MANAGER_PIN)):
            login = f"{role}-{counter.site}".lower()
            if login in known:
                continue
            post = Post(role, counter.site)
            name = f"{'Kasse' if role == 'cashier' else 'Leitung'} {counter.name}"
            one = add_person(session, ADMINISTRATOR, login=login, name=name, post=post)
            set_pin(session, ADMINISTRATOR, one.code, pin, at=now)


@contextmanager
def running(counters: Sequence[Counter], folder: Path, centre: str) -> Iterator[None]:
    """The counters' programs, started; they end with the context."""
    begun = (one for each in counters for one in _start(each, folder / each.site, centre))
    with stopped(begun):
        yield


def connect(counters: Sequence[Counter], database: Database, folder: Path) -> None:
    """Connect every till that has no journal of its own yet, once its register answers."""
    for counter in counters:
        done = folder / counter.site / "connected"
        if not done.exists() and answers(counter.port):
            with database.transaction() as session:
                _let_go(session, counter.till)
                code = make_code(session, ADMINISTRATOR, counter.till, at=datetime.now(UTC)).code
            _post(counter.port, "/kasse/do/enrol", {"code": code})
            done.touch()


def _let_go(session: Session, till: str) -> None:
    """A journal that was thrown away took its token along: the till is free for another."""
    for one in devices(session):
        if one.till == till and one.revoked_at is None:
            revoke_device(session, one.name)


def _at_free_ports(counter: Counter, stripe_port: int) -> Counter:
    if counter.adapter == "stripe_terminal":
        terminal = control = stripe_port
    else:
        terminal, control = free_port(counter.terminal_port), free_port(counter.control_port)
    port = free_port(counter.port)
    return replace(counter, port=port, terminal_port=terminal, control_port=control)


def _start(counter: Counter, folder: Path, centre: str) -> Iterator[subprocess.Popen[bytes]]:
    folder.mkdir(parents=True, exist_ok=True)
    if counter.adapter == "zvt":
        yield program(
            "zvt", "simulate", "--port", counter.terminal_port,
            "--control-port", counter.control_port,
        )  # fmt: skip
        settings = {"host": HOST, "port": str(counter.terminal_port)}
    else:
        settings = {
            "reader": "tmr_simulated0001", "api_key": "sk_test_demonstration",
            "address": f"http://{HOST}:{counter.terminal_port}",
        }  # fmt: skip
    lines = [f'[terminal."{counter.till}"]', f'adapter = "{counter.adapter}"']
    lines += [f"{name} = {json.dumps(value)}" for name, value in settings.items()]
    devices_file = folder / "till.toml"
    devices_file.write_text("\n".join(lines) + "\n", "utf-8")
    yield program(
        "till", "--site", counter.site, "--server", centre, "--port", counter.port,
        "--devices", devices_file, "--state", folder,
    )  # fmt: skip


def _post(port: int, path: str, form: dict[str, str]) -> None:
    line = HTTPConnection(HOST, port, timeout=30)
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    line.request("POST", path, urlencode(form), headers)
    line.getresponse().read()
    line.close()
