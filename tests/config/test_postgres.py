"""The account of the embedded PostgreSQL: made once, whoever asks at the same moment."""

import os
import pwd
import shutil
import subprocess
import sys
from collections.abc import Iterator
from uuid import uuid4

import pytest

ASKERS = 6
ASK = """
import sys
from config import postgres

postgres.ACCOUNT = sys.argv[1]
sys.stdin.readline()
print(postgres.server_account().pw_uid)
"""


@pytest.fixture
def name() -> Iterator[str]:
    """A system account that is not there yet, gone afterwards."""
    if os.geteuid() != 0 or not shutil.which("useradd"):
        pytest.skip("only root, where there is useradd, makes accounts")
    name = f"sk-{uuid4().hex[:12]}"
    yield name
    subprocess.run(["userdel", name], check=False, capture_output=True)


def test_processes_that_ask_at_once_get_one_account(name: str) -> None:
    command = [sys.executable, "-c", ASK, name]
    askers = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(ASKERS)
    ]
    for asker in askers:
        assert asker.stdin
        asker.stdin.write("\n")
        asker.stdin.flush()
    got = {asker.communicate()[0].strip() for asker in askers}
    assert got == {str(pwd.getpwnam(name).pw_uid)}
