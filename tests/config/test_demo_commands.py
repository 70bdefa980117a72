"""`stadtkasse demo` and `stadtkasse serve` as programs of their own, on real ports."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.database import Database

ROOT = Path(__file__).parents[2]
STADTKASSE = [sys.executable, "-c", "from config.cli import main; main()"]


@pytest.fixture
def state() -> Iterator[Path]:
    """A state folder that PostgreSQL's own account can reach where we are root."""
    root = Path("/var/lib") if os.geteuid() == 0 else Path(tempfile.gettempdir())
    folder = Path(tempfile.mkdtemp(prefix="stadtkasse-demo-", dir=root))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def run(state: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*STADTKASSE, *arguments], env=environment(state), cwd=ROOT, check=False,
        capture_output=True, text=True, timeout=180,
    )  # fmt: skip


def environment(state: Path, **more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    return {**kept, "STADTKASSE_STATE": str(state), "PYTHONPATH": str(ROOT), **more}


def test_a_port_that_is_taken_is_said_in_one_sentence_before_anything_is_lived(
    state: Path,
) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        refused = run(state, "demo", "--port", str(port))
    assert refused.returncode == 1
    assert len(refused.stderr.strip().splitlines()) == 1
    assert f"127.0.0.1:{port}" in refused.stderr
    assert list(state.iterdir()) == []


def test_wrong_use_ends_with_two_and_help_has_an_example(state: Path) -> None:
    assert run(state, "demo", "--days", "0").returncode == 2
    for command in ("demo", "serve", "worker"):
        shown = run(state, command, "--help")
        assert shown.returncode == 0
        assert "Example:" in shown.stdout


def test_the_demo_lives_a_day_serves_its_page_to_this_machine_and_stops_cleanly(
    state: Path,
) -> None:
    lived = run(state, "demo", "--days", "1", "--no-serve")
    assert lived.returncode == 0, lived.stderr
    assert "Lived 1 day," in lived.stderr
    process = subprocess.Popen(
        [*STADTKASSE, "demo", "--port", "0"], env=environment(state, COLUMNS="200"), cwd=ROOT,
        stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    address, said = address_of(process, "http://")
    assert "no day is missing" in said
    assert "Summen und Salden" in asked(address)[1]
    assert '"openapi":"3.1.0"' in asked(f"{address}/api/v1/openapi.json")[1]
    second = run(state, "demo", "--port", "0")
    assert (second.returncode, "Another demo" in second.stderr) == (1, True)
    os.killpg(process.pid, signal.SIGINT)  # what Ctrl-C sends: to every process of the terminal
    rest = process.communicate(timeout=60)[1]
    assert process.returncode == 0, rest
    assert "Traceback" not in rest
    assert not (state / "demo" / "postgresql" / "data" / "postmaster.pid").exists()


def test_serve_lets_nobody_in_without_a_token_and_stops_on_a_signal(
    database: Database, state: Path
) -> None:
    url = database.engine.url.render_as_string(hide_password=False)
    process = subprocess.Popen(
        [*STADTKASSE, "serve", "--port", "0", "--workers", "1"], cwd=ROOT,
        env=environment(state, DATABASE_URL=url), stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    address, _ = address_of(process, "Listening")
    assert asked(f"{address}/healthz")[0] == 200
    assert "Anmelden" in asked(address)[1]
    assert asked(f"{address}/api/v1/catalogue?facility=B01")[0] == 401
    process.send_signal(signal.SIGTERM)
    rest = process.communicate(timeout=60)[1]
    assert process.returncode == 0, rest


def asked(address: str) -> tuple[int, str]:
    """Status and text of the answer, once somebody listens."""
    for _ in range(200):
        try:
            with urllib.request.urlopen(address, timeout=30) as answer:  # noqa: S310 - our own port
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as refused:
            with refused:
                return refused.code, refused.read().decode()
        except urllib.error.URLError:
            time.sleep(0.05)
    raise AssertionError(f"nobody answers at {address}")


def address_of(process: subprocess.Popen[str], mark: str) -> tuple[str, str]:
    """The address the program prints in the line with `mark`, and all it said until then."""
    assert process.stderr is not None
    said = ""
    for line in process.stderr:
        said += line
        if mark in line:
            return next(word for word in line.split() if word.startswith("http")), said
    raise AssertionError(f"it ended before it listened: {said}")
