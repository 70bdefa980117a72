"""Proofs of entries: every leaf of every small tree, over real seals, and nothing forged."""

from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, text

from config.database import Database
from ledger.entries import Entry, Transfer
from ledger.journal import post
from ledger.money import Money
from ledger.proofs import broken_since, check_books, last_check, prove
from ledger.seal import seal

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def some(city: Database, count: int) -> list[int]:
    moved = Transfer("183900", "459100", Money(100))
    entries = [Entry(uuid4(), "test", date(2026, 11, 24), (moved,)) for _ in range(count)]
    with city.transaction() as session:
        return [outcome.entry_id for outcome in post(session, entries)]  # type: ignore[union-attr]


def test_every_entry_of_every_block_is_proved(city: Database) -> None:
    entries: list[int] = []
    for count in (1, 2, 5, 1, 7, 3):
        entries += some(city, count)
        seal(city.engine)
    with city.read_only() as session:
        proofs = [prove(session, entry) for entry in entries]
    for number, proof in enumerate(proofs):
        assert proof is not None
        assert proof.index == number
        assert proof.holds()


def test_what_is_not_sealed_has_no_proof_yet(city: Database) -> None:
    (entry,) = some(city, 1)
    with city.read_only() as session:
        assert prove(session, entry) is None
        assert prove(session, 10**9) is None


def test_a_proof_fits_no_other_entry_place_or_tree(city: Database) -> None:
    entries = some(city, 6)
    seal(city.engine)
    with city.read_only() as session:
        proof, other = prove(session, entries[2]), prove(session, entries[3])
    assert proof is not None
    assert other is not None
    forged = (
        replace(proof, canonical=proof.canonical + b" "),
        replace(proof, index=3),
        replace(proof, path=other.path),
        replace(proof, root=bytes(32)),
    )
    assert not any(one.holds() for one in forged)


def test_a_full_check_finds_the_block_that_was_tampered_with(city: Database) -> None:
    some(city, 3)
    seal(city.engine)
    some(city, 2)
    seal(city.engine)
    with city.transaction() as session:
        sound = check_books(session, at=NOW)
        assert (sound.tree_size, sound.broken_block) == (5, None)
        assert broken_since(session) is None
        assert last_check(session) == sound
    tamper(city)
    with city.transaction() as session:
        assert check_books(session, at=NOW).broken_block == 2
        assert broken_since(session) == NOW


def tamper(city: Database) -> None:
    """Change an entry of the second block as only the owner of the server can."""
    owner = create_engine(city.admin_url)
    with owner.begin() as connection:
        connection.execute(text("SET session_replication_role = replica"))
        connection.execute(text("ALTER TABLE entry DISABLE TRIGGER USER"))
        connection.execute(
            text("UPDATE entry SET canonical = canonical || ' '::bytea"
                 " WHERE id = (SELECT max(id) FROM entry)")
        )  # fmt: skip
    owner.dispose()


@pytest.mark.parametrize("size", [1, 2, 3, 8, 9])
def test_one_block_of_any_size_is_proved(city: Database, size: int) -> None:
    entries = some(city, size)
    seal(city.engine)
    with city.read_only() as session:
        assert all(proof and proof.holds() for proof in (prove(session, one) for one in entries))
