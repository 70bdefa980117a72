"""The balance of an account with very many transfers against one with a hundred."""

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING

from config.bench import charges
from config.bench.measure import MeasuredNonsense, Size, Slice
from config.database import Database
from ledger.balances import balance
from ledger.journal import post
from ledger.seal import seal

if TYPE_CHECKING:
    from config.bench.ground import Books, Ground

BOOKS = "balances"
LARGE, SMALL = charges.REVENUES[0], charges.REVENUES[1]
LINES = 100  # transfers of an entry
BLOCKS = 20
TAIL = 500  # unsealed transfers of either account

# Every trigger of the books fires; each block's entries lie on other days.
_FILL = """
CREATE TEMP TABLE drawn ON COMMIT DROP AS
    SELECT nextval('entry_number') AS id, date '2026-01-01' + %(block)s::int AS day
      FROM generate_series(1, %(entries)s);
INSERT INTO answer (key, request_hash, entry_id)
    SELECT md5(id::text)::uuid, sha256(''), id FROM drawn;
INSERT INTO entry (id, key, booked_on, line_count, event, canonical)
    SELECT id, md5(id::text)::uuid, day, %(lines)s, 'sale', convert_to(id::text, 'UTF8') FROM drawn;
INSERT INTO transfer
    (entry_id, line, debit_account, credit_account, amount_cents, currency, booked_on)
    SELECT drawn.id, line, debit.id, credit.id, 450, 'EUR', day
      FROM drawn, generate_series(1, %(lines)s) AS line, account AS debit, account AS credit
     WHERE debit.code = %(debit)s AND credit.code = %(credit)s;
"""


def prepare(ground: "Ground", size: Size) -> None:
    """Fill books of their own: `size.transfers` on one account, a hundred on the other."""
    books = ground.create(BOOKS, template=True)
    with books.database() as database:
        for block in range(BLOCKS):
            _fill(books, LARGE, entries=size.transfers // LINES // BLOCKS, block=block)
            if block % (BLOCKS // 2) == 0:
                _fill(books, SMALL, entries=1, lines=50, block=block)
            seal(database.engine)
        with database.transaction() as session:
            post(session, [charges.charge(charges.CLEARING, code)
                           for _ in range(TAIL) for code in (LARGE, SMALL)])  # fmt: skip
    with books.superuser() as connection:
        connection.execute("VACUUM ANALYZE")


def _fill(books: "Books", credit: str, *, entries: int, block: int, lines: int = LINES) -> None:
    values = {"entries": entries, "block": block, "lines": lines,
              "debit": charges.CLEARING, "credit": credit}  # fmt: skip
    with books.superuser() as connection, connection.transaction():
        for statement in _FILL.split(";\n"):
            if statement.strip():
                connection.execute(statement, values)


def reads(ground: "Ground", size: Size) -> Mapping[str, Slice]:
    """The two balances in turn, each read on its own in a session that is open already."""
    taken: dict[str, list[int]] = {LARGE: [], SMALL: []}
    with ground.existing(BOOKS).database() as database:
        _read(database, taken, 50)
        for latencies in taken.values():
            latencies.clear()
        _read(database, taken, size.balance_reads)
    return {
        name: Slice(len(taken[code]), sum(taken[code]), tuple(taken[code]))
        for name, code in (("balance large", LARGE), ("balance small", SMALL))
    }


def _read(database: Database, taken: Mapping[str, list[int]], count: int) -> None:
    with database.transaction() as session:
        for code, latencies in list(taken.items()) * count:
            started = time.perf_counter_ns()
            found = balance(session, code)
            latencies.append(time.perf_counter_ns() - started)
            if found.credit_cents == 0:
                raise MeasuredNonsense(f"{code} has no balance to read")
