"""The demonstration's gate at the pool: a device with its token, and a process of its own."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.orm import Session

from config.demo.programs import HOST, free_port, program, stopped
from terminals.devices import add_device, devices, new_token, revoke_device

SITE, NAME, DEVICE, PORT = "B01", "Tor 1", "B01 Tor 1", 8030
STAFF_PIN = "461380"
TOKEN_FILE = "token"  # noqa: S105 - the name of a file


@dataclass(frozen=True, slots=True)
class Gate:
    """A gate that was started, on this machine."""

    port: int

    @property
    def page(self) -> str:
        """Its screen."""
        return f"http://{HOST}:{self.port}/tor/"


def let_in(session: Session, folder: Path) -> None:
    """Give the gate a token, once; a folder that was thrown away took the last one along."""
    file = folder / TOKEN_FILE
    if file.exists():
        return
    for one in devices(session):
        if one.role == "gate" and one.revoked_at is None:
            revoke_device(session, one.name)
    known = sum(one.role == "gate" for one in devices(session))
    token = new_token()
    add_device(session, f"{DEVICE} ({known + 1})", role="gate", token=token, facility=SITE)
    folder.mkdir(parents=True, exist_ok=True)
    file.touch(0o600)
    file.write_text(token, "utf-8")


@contextmanager
def open_gate(folder: Path, centre: str) -> Iterator[Gate]:
    """The gate's process, started; it ends with the context."""
    gate = Gate(free_port(PORT))
    begun = program(
        "gate", "--site", SITE, "--gate", NAME, "--server", centre, "--port", gate.port,
        "--token-file", folder / TOKEN_FILE, "--state", folder, "--pin", STAFF_PIN,
    )  # fmt: skip
    with stopped([begun]):
        yield gate
