"""`stadtkasse code`: cards as somebody issues and revokes them in a shell."""

from pathlib import Path
from uuid import uuid4

import pytest

from config.database import Database
from config.settings import Settings
from config.signing import key_ring
from ledger.wallets import open_wallet
from terminals.guest_code_api import GUEST_KEYS
from tests.api_client import an_api
from tests.config.test_book_commands import command_line
from tests.scanning import read_code


@pytest.fixture
def run(city: Database, monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("STADTKASSE_STATE", str(tmp_path))
    monkeypatch.delenv("STADTKASSE_SIGNING_KEY", raising=False)
    return command_line(city, monkeypatch)


@pytest.fixture
def wallet(city: Database) -> str:
    with city.transaction() as session:
        return open_wallet(session, kind="citizen", key=uuid4()).code


def test_a_card_is_issued_drawn_taken_at_a_till_and_revoked(
    run, wallet: str, city: Database, tmp_path: Path
) -> None:
    picture = tmp_path / "card.png"
    issued = run("code", "issue", "--wallet", wallet, "--png", str(picture))
    assert issued.exit_code == 0
    token = issued.stdout.strip()
    assert issued.stderr.startswith(f"Card 1 of {wallet}, valid until ")
    assert read_code(picture.read_bytes()).text == token
    api = an_api(city)
    api.app.extensions[GUEST_KEYS] = lambda: key_ring(Settings(tmp_path))
    path = f"/api/v1/till/guest-codes/{token}"
    assert api.till.get(path).json["state"] == "ok"
    assert "1 cards" in run("code", "list", wallet).stderr
    assert run("code", "revoke", "1").output == f"Card 1 of {wallet} is revoked.\n"
    assert "revoked" in run("code", "list", wallet).stdout
    assert api.till.get(path).json["state"] == "blocked"
    again = run("code", "revoke", "1")
    assert (again.exit_code, again.stderr) == (1, "No such printed code is in use.\n")


def test_a_card_of_nothing_is_refused_with_a_sentence(run, wallet: str) -> None:
    for words, status in (
        (("--wallet", "W-999999"), 1),
        (("--pass", "P-999999"), 1),
        ((), 2),
        (("--wallet", wallet, "--pass", "P-000001"), 2),
    ):
        result = run("code", "issue", *words)
        assert (result.exit_code, result.stdout) == (status, "")
        assert "Traceback" not in result.stderr


def test_a_new_key_is_counted(run) -> None:
    assert run("code", "new-key").output == "Key 2 signs from the next start on; 2 are known.\n"
