"""A bank that we did not write: a process of its own on a real socket, with a clock we move."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

MOCK_BANK = Path(sys.executable).with_name("mock-bank")
OPENING_CENTS = 1_000_000


@dataclass(frozen=True, slots=True)
class Bank:
    """The bank at an address; every call is one request."""

    address: str

    def ask(self, method: str, path: str, content: Any = None) -> Any:
        """The JSON answer; `content` is JSON too, unless it is bytes."""
        is_file = isinstance(content, bytes)
        body = content if is_file else None if content is None else json.dumps(content).encode()
        kind = "application/xml" if is_file else "application/json"
        asked = Request(self.address + path, body, {"Content-Type": kind}, method=method)  # noqa: S310
        try:
            with urlopen(asked, timeout=60) as answer:  # noqa: S310
                return json.load(answer)
        except HTTPError as refused:
            return json.load(refused)

    def open_account(self, name: str, iban: str, **more: Any) -> None:
        """An account with 10,000 euros on it."""
        made = self.ask("POST", "/_mock/accounts", {
            "id": name, "name": "Stadt Aachen", "iban": iban, "balance": OPENING_CENTS, **more,
        })  # fmt: skip
        assert made["id"] == name, made

    def findings(self, file: bytes) -> str:
        """What the bank says of a file without taking it."""
        asked = Request(self.address + "/_mock/validate", file, method="POST")  # noqa: S310
        with urlopen(asked, timeout=60) as answer:  # noqa: S310
            return str(answer.read().decode())

    def take(self, file: bytes) -> Any:
        """Hand a file in; the bank's decision."""
        return self.ask("POST", "/payments", file)

    def until(self, day: str) -> None:
        """Move the bank's clock to this day, midnight."""
        assert "error" not in self.ask("POST", f"/_mock/advance?to={day}")

    def collect(self, kind: str, account: str, folder: Path) -> list[Path]:
        """The account's messages of this kind that wait, each a file; taken with that."""
        files = []
        for message in self.ask("GET", f"/_mock/mailbox?type={kind}"):
            if message["account"] == account:
                files.append(folder / f"{kind}-{message['id']}.xml")
                files[-1].write_text(message["body"], encoding="utf-8")
        return files


@contextmanager
def a_bank(clock: str) -> Iterator[Bank]:
    """The bank's process, ended with the block. clock: `2026-11-19T09:30`, in Berlin."""
    process = subprocess.Popen(
        [MOCK_BANK, "--port", "0", "--clock", clock, "--timezone", "Europe/Berlin"],
        stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert process.stderr is not None
        said = process.stderr.readline()
        found = re.search(r"http://[0-9.]+:\d+", said)
        assert found, said
        yield Bank(found.group())
    finally:
        process.terminate()
        process.communicate(timeout=60)
