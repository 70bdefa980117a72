"""Device tokens: made once, kept as a hash, bound to a place, gone for good when revoked."""

import hashlib

import pytest
from click.testing import CliRunner
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError, ProgrammingError
from sqlalchemy.orm import Session

from config.access import DEVICE_ROLES
from config.cli.device import device
from config.database import Database
from terminals.devices import add_device, devices, find_device, new_token, revoke_device
from terminals.errors import (
    DeviceNameTaken,
    DeviceNeedsPlace,
    UnknownDevice,
    UnknownFacility,
    UnknownTill,
)


def test_a_token_is_256_bits_and_never_the_same() -> None:
    tokens = {new_token() for _ in range(100)}
    assert len(tokens) == 100
    assert all(token.startswith("sk_") and len(token) == 3 + 43 for token in tokens)


def test_the_database_holds_the_hash_alone(city: Database) -> None:
    token = new_token()
    with city.transaction() as session:
        add_device(session, "B01-1", role="till", token=token, till="B01-1")
        row = session.execute(text("SELECT * FROM device")).one()
    assert row.token_hash == hashlib.sha256(token.encode()).digest()
    assert token not in str(row)
    assert (row.facility, row.till) == ("B01", "B01-1")


def test_a_device_needs_the_place_its_role_asks_for(city: Database) -> None:
    refused = [
        ({"role": "till"}, DeviceNeedsPlace),
        ({"role": "finance", "facility": "B01"}, DeviceNeedsPlace),
        ({"role": "auditor", "till": "B01-1"}, DeviceNeedsPlace),
        ({"role": "till", "till": "X99-1"}, UnknownTill),
        ({"role": "till", "facility": "X99"}, UnknownFacility),
    ]
    for values, error in refused:
        with pytest.raises(error), city.transaction() as session:
            add_device(session, "device", token=new_token(), **values)
    with city.read_only() as session:
        assert devices(session) == []


def test_a_name_is_given_once_even_after_revocation(city: Database) -> None:
    with city.transaction() as session:
        add_device(session, "desk", role="finance", token=new_token())
        revoke_device(session, "desk")
        with pytest.raises(DeviceNameTaken):
            add_device(session, "desk", role="finance", token=new_token())
        with pytest.raises(UnknownDevice):
            revoke_device(session, "desk")


def test_a_revoked_token_finds_nobody(city: Database) -> None:
    token = new_token()
    with city.transaction() as session:
        add_device(session, "desk", role="finance", token=token)
        assert find_device(session, token) is not None
        revoke_device(session, "desk")
        assert find_device(session, token) is None


def a_desk(session: Session) -> None:
    add_device(session, "desk", role="finance", token=new_token())


@pytest.mark.parametrize(
    "change",
    ["UPDATE device SET role = 'administrator'", "UPDATE device SET facility = 'B02'",
     "UPDATE device SET token_hash = sha256('x')", "DELETE FROM device", "TRUNCATE device"],
)  # fmt: skip
def test_the_application_cannot_change_what_a_device_is(city: Database, change: str) -> None:
    with city.transaction() as session:
        a_desk(session)
    with pytest.raises(ProgrammingError, match="permission denied"), city.transaction() as session:
        session.execute(text(change))


def test_the_database_keeps_a_revoked_device_out(city: Database) -> None:
    with city.transaction() as session:
        a_desk(session)
        revoke_device(session, "desk")
    with pytest.raises(DBAPIError, match="stays revoked"), city.transaction() as session:
        session.execute(text("UPDATE device SET revoked_at = NULL"))


def test_the_database_knows_the_same_roles(city: Database) -> None:
    insert = (
        "INSERT INTO device (name, role, facility, token_hash) VALUES"
        " (:role, :role, :facility, sha256(convert_to(:role, 'UTF8')))"
    )
    with city.transaction() as session:
        for role in DEVICE_ROLES:
            facility = "B01" if role in ("till", "gate") else None
            session.execute(text(insert), {"role": role, "facility": facility})
    with pytest.raises(IntegrityError, match="device_role"), city.transaction() as session:
        session.execute(text(insert), {"role": "anonymous", "facility": None})


def test_the_command_adds_lists_and_revokes(
    city: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run(*words: str) -> tuple[int, str, str]:
        result = CliRunner().invoke(device, words)
        return result.exit_code, result.stdout, result.stderr

    url = city.engine.url.render_as_string(hide_password=False)
    monkeypatch.setenv("DATABASE_URL", url)
    monkeypatch.setenv("DATABASE_ADMIN_URL", city.admin_url.render_as_string(hide_password=False))
    added = run("add", "--name", "B01-1", "--role", "till", "--till", "B01-1")
    assert added[0] == 0
    token = added[1].splitlines()[-1]
    with city.read_only() as session:
        found = find_device(session, token)
    assert found is not None
    assert (found.name, found.facility) == ("B01-1", "B01")
    listed = run("list")[1]
    assert "in use" in listed
    assert token not in listed
    again = run("add", "--name", "B01-1", "--role", "till", "--till", "B01-1")
    assert (again[0], again[2]) == (1, "The name is taken.\n")
    assert run("revoke", "--name", "B01-1")[:2] == (0, "B01-1 may call the API no more.\n")
    assert "revoked" in run("list")[1]
    assert run("revoke", "--name", "B01-1")[0] == 1
    both = run("add", "--name", "x", "--role", "till", "--till", "B01-1", "--facility", "B01")
    assert both[0] == 2
    assert run("add", "--name", "x", "--role", "cook")[0] == 2
