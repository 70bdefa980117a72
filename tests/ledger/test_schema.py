"""Mutation of the schema: every rule of the books is needed, and does what it is there for."""

from collections.abc import Iterator
from dataclasses import dataclass

import psycopg
import pytest
from psycopg import Connection
from sqlalchemy import URL

from config.database import Database
from config.postgres import EmbeddedServer
from ledger.accounts import open_account
from ledger.entries import Posted
from ledger.journal import post
from ledger.seal import seal
from tests.builders import BANK, a_chart, a_top_up, a_wallet, an_entry
from tests.conftest import cloned_database
from tests.ledger.attacks import (
    ATTACKS,
    BOOKS,
    CAPTURED_HOLD,
    FENCES,
    OPEN_HOLD,
    OVERDUE_HOLD,
    RESOLVE,
    VOIDED_HOLD,
    WORDS,
    Attack,
)


@dataclass(frozen=True, slots=True)
class Rule:
    """A constraint, trigger or unique index of a table, and the statement that takes it away."""

    name: str
    table: str
    removal: str


@dataclass(frozen=True, slots=True)
class Ground:
    """Books with something in every table, and every rule of the schema by name."""

    superuser: str
    app: str
    rules: dict[str, Rule]


@pytest.fixture(scope="module")
def ground(server: EmbeddedServer, template: str) -> Iterator[Ground]:
    with cloned_database(server, template) as database:
        _furnish(database)
        address = _address(database.admin_url)
        with psycopg.connect(address) as connection:
            _run(connection, WORDS)
            # Entries 1 (sealed) and 2; a wallet of 10.00 of which 2.00 are held and 1.00 overdue.
            _run(connection, f"SELECT a_hold({OPEN_HOLD}, 200)")
            _run(connection, f"SELECT a_hold({VOIDED_HOLD}, 50), a_hold({CAPTURED_HOLD}, 50)")
            _run(connection, f"{RESOLVE} ({VOIDED_HOLD}, 'voided', 0, NULL)")
            key = "SELECT key FROM answer WHERE entry_id = 2"
            _run(connection, f"{RESOLVE} ({CAPTURED_HOLD}, 'captured', 50, ({key}))")
            _run(connection, f"SELECT a_hold({OVERDUE_HOLD}, 100, p_placed => '-2 hours')")
            _run(connection, "INSERT INTO closed_day VALUES ('2026-11-16', now(), 'finance')")
            answer = "a_key(9), sha256(''), NULL, 'day_closed'"
            _run(connection, f"INSERT INTO answer VALUES ({answer})")
            _run(connection, "INSERT INTO frontier VALUES (0)")  # entry 2 waits for its block
            rules = {rule.name: rule for rule in _rules_in_force(connection)}
        yield Ground(address, _address(database.engine.url), rules)


def _address(url: URL) -> str:
    return url.set(drivername="postgresql").render_as_string()


def _furnish(database: Database) -> None:
    with database.transaction() as session:
        a_chart(session)
        open_account(session, "900000", name="Franken", kind="asset", currency="CHF")
        wallet, _ = a_wallet(session, 1), a_wallet(session, 2)
        [first] = post(session, [a_top_up(wallet, 1000)])
    assert isinstance(first, Posted)
    seal(database.engine)
    with database.transaction() as session:
        [second] = post(session, [an_entry(BANK, case_reference="02.12-2026-004711")])
    assert (first.entry_id, second) == (1, Posted(second.key, 2))


def _rules_in_force(connection: Connection) -> list[Rule]:
    """Every constraint but NOT NULL, every trigger of ours and every unique index, read from the
    catalogue of the database as it is."""
    rows = connection.execute("""
        SELECT conname, conrelid::regclass::text,
               format('ALTER TABLE %s DROP CONSTRAINT %I CASCADE', conrelid::regclass, conname)
          FROM pg_constraint
         WHERE connamespace = 'public'::regnamespace AND contype IN ('p', 'u', 'f', 'c', 'x')
        UNION ALL
        SELECT tgname, tgrelid::regclass::text,
               format('ALTER TABLE %s DISABLE TRIGGER %I', tgrelid::regclass, tgname)
          FROM pg_trigger WHERE NOT tgisinternal
        UNION ALL
        SELECT c.relname, indrelid::regclass::text, format('DROP INDEX %I', c.relname)
          FROM pg_index JOIN pg_class c ON c.oid = indexrelid
         WHERE indisunique AND c.relnamespace = 'public'::regnamespace
           AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)""")
    return [Rule(*row) for row in rows]


@pytest.fixture
def superuser(ground: Ground) -> Iterator[Connection]:
    """A connection whose work is rolled back."""
    with psycopg.connect(ground.superuser) as connection:
        yield connection
        connection.rollback()


EVERY_ATTACK = [
    pytest.param(name, attack, id=f"{name}-{number}")
    for name, attacks in ATTACKS.items()
    for number, attack in enumerate(attacks, start=1)
]


def test_every_rule_of_the_books_has_an_attack_and_every_attack_a_rule(ground: Ground) -> None:
    in_force = {rule.name for rule in ground.rules.values() if rule.table in BOOKS}
    assert in_force == ATTACKS.keys() | FENCES.keys()


@pytest.mark.parametrize(("name", "attack"), EVERY_ATTACK)
def test_the_rule_stops_the_attack_and_nothing_else_does(
    ground: Ground, superuser: Connection, name: str, attack: Attack
) -> None:
    others = _others(ground, name, attack)
    _remove(superuser, others)
    assert _stopped_by(superuser, attack.sql, attack.by or name)
    _remove(superuser, [ground.rules[name]])
    _run(superuser, attack.sql)


@pytest.mark.parametrize(
    ("name", "attack"),
    [case for case in EVERY_ATTACK if case.values[1].by],  # triggers, but for the fences
)
def test_a_trigger_stands_where_replication_would_switch_it_off(
    ground: Ground, superuser: Connection, name: str, attack: Attack
) -> None:
    _remove(superuser, _others(ground, name, attack))
    _run(superuser, "SET LOCAL session_replication_role = replica")
    assert _stopped_by(superuser, attack.sql, attack.by or name)


@pytest.mark.parametrize("role", ["origin", "replica"])
@pytest.mark.parametrize("name", FENCES)
def test_a_fence_makes_the_other_side_wait(
    ground: Ground, superuser: Connection, name: str, role: str
) -> None:
    lock, attack = FENCES[name]
    with psycopg.connect(ground.superuser) as other:
        _run(other, f"SELECT {lock}(4711)")
        _run(superuser, "SET LOCAL lock_timeout = '20ms'")
        _run(superuser, f"SET LOCAL session_replication_role = {role}")
        assert _stopped_by(superuser, attack, "55P03")
        _remove(superuser, [ground.rules[name]])
        _run(superuser, attack)


@pytest.mark.parametrize(
    "statement",
    [
        *(f"DELETE FROM {table}" for table in BOOKS),
        *(f"TRUNCATE {table} CASCADE" for table in BOOKS),
        *(f"ALTER TABLE {table} DISABLE TRIGGER ALL" for table in BOOKS),
        *(
            f"INSERT INTO {table} DEFAULT VALUES"
            for table in ("guard", "account_total", "turnover")
        ),
        "UPDATE guard SET floor = -1000000",
        "UPDATE answer SET refused = 'x'",
        "UPDATE entry SET event = 'x'",
        "UPDATE transfer SET amount_cents = 1",
        "UPDATE hold SET amount_cents = 1",
        "UPDATE hold_resolution SET kind = 'voided'",
        "UPDATE closed_day SET day = '2026-01-01'",
        "UPDATE frontier SET last_entry = 99",
        "UPDATE block SET root = ''",
        "UPDATE account_total SET debit_cents = 0",
        "UPDATE turnover SET debit_cents = 0",
        "UPDATE account SET floor_cents = -1000000",
        "UPDATE case_reference SET id = 0",
        "SELECT setval('entry_number', 1)",
        "SET session_replication_role = replica",
        "SET ROLE stadtkasse_owner",
        "DROP TRIGGER books ON transfer",
        "CREATE TABLE mine (id int)",
        "CREATE OR REPLACE FUNCTION books() RETURNS trigger LANGUAGE sql AS ''",
    ],
)
def test_the_application_has_no_right_to(ground: Ground, statement: str) -> None:
    with (
        psycopg.connect(ground.app) as connection,
        pytest.raises(psycopg.Error, match=r"permission denied|must be owner of"),
    ):
        _run(connection, statement)


def _others(ground: Ground, name: str, attack: Attack) -> list[Rule]:
    """The rules of `attack.also`; a name may begin with a star for all that end like it."""
    return [
        rule
        for rule in ground.rules.values()
        for also in attack.also
        if rule.name != name
        and (rule.name == also or (also[0] == "*" and rule.name.endswith(also[1:])))
    ]


def _remove(connection: Connection, rules: list[Rule]) -> None:
    for rule in rules:
        _run(connection, rule.removal)


def _stopped_by(connection: Connection, sql: str, name: str) -> bool:
    with pytest.raises(psycopg.Error) as trouble, connection.transaction():
        _run(connection, sql)
    # The constraint that refused, or the SQLSTATE where none is named.
    refused_by = trouble.value.diag.constraint_name or trouble.value.sqlstate
    assert refused_by == name, trouble.value
    return True


def _run(connection: Connection, sql: str) -> None:
    connection.execute(sql)
