"""What the server itself can do: the same rows into the same tables without rules (L0, B0, C0).

The bare tables have the columns and indexes of ours, no foreign key, check, trigger, guard or
answer. L0 inserts one charge in one prepared statement by pgbench; B0 a thousand by
`INSERT ... SELECT unnest`; C0 all at once by binary COPY. The canonical bytes are ready.
"""

import hashlib
import random
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import psycopg

from config.bench import charges
from config.bench.measure import Size, Slice, inputs_aside, inserted

if TYPE_CHECKING:
    from config.bench.ground import Books, Ground

LIMIT_TABLES = """
    CREATE TABLE limit_entry (LIKE entry INCLUDING DEFAULTS INCLUDING INDEXES);
    CREATE TABLE limit_transfer (LIKE transfer INCLUDING DEFAULTS INCLUDING INDEXES);
"""

# Columns in the tables' own order; literals instead of parameters spare pgbench sending them.
_L0 = """\\set debit random({wallets[0]}, {wallets[1]})
\\set credit random({revenues[0]}, {revenues[1]})
WITH e AS (
    INSERT INTO limit_entry (key, booked_on, line_count, event, reference, canonical, leaf)
    VALUES (gen_random_uuid(), '{day}', 1, 'sale', 'B01-1-20261117-004711', '{canonical}', '{leaf}') RETURNING id)
INSERT INTO limit_transfer (entry_id, amount_cents, debit_account, credit_account, booked_on, line, currency,
    facility, product, cost_centre, tax_code, sphere, channel, till, shift)
SELECT id, 450, :debit, :credit, '{day}', 1, 'EUR',
    'B01', 'POOL-AD', '420101', 'USt07', 'commercial', 'till', 'B01-1', 'B01-1/20261117/1' FROM e;
"""  # noqa: E501

_ENTRY = {
    "id": "int8", "key": "uuid", "booked_on": "date", "line_count": "int2", "event": "text",
    "reference": "text", "canonical": "bytea", "leaf": "bytea",
}  # fmt: skip
_TRANSFER = {
    "entry_id": "int8", "amount_cents": "int8", "debit_account": "int4", "credit_account": "int4",
    "booked_on": "date", "line": "int2", "currency": "text", "facility": "text",
    "product": "text", "cost_centre": "text", "tax_code": "text", "sphere": "text",
    "channel": "text", "till": "text", "shift": "text",
}  # fmt: skip


def one_by_one(ground: "Ground", size: Size) -> Mapping[str, Slice]:
    """L0 with one client and with as many as there are processes on our side."""
    return {
        "L0 x1": _pgbench(ground, 1, size.charges),
        f"L0 x{size.processes}": _pgbench(ground, size.processes, size.charges_each),
    }


def many(ground: "Ground", size: Size) -> Mapping[str, Slice]:
    """B0 in transactions of one batch, and C0 in a single one."""
    return {
        "B0": _in_one_connection(ground, [size.batch] * size.batches, _unnest),
        "C0": _in_one_connection(ground, [size.bulk], _copy),
    }


def _pgbench(ground: "Ground", clients: int, charges_each: int) -> Slice:
    with ground.fresh() as books, tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "l0.sql").write_text(_l0_script(books), encoding="utf-8")
        books.checkpoint()
        before = books.count("limit_transfer")
        ground.program(
            "pgbench", "-n", "-M", "prepared", "-c", str(clients), "-j", str(min(clients, 2)),
            "-t", str(charges_each), "-f", "l0.sql", "-l", "--log-prefix=l0",
            "-h", str(ground.server.socket_folder), "-U", "postgres", books.name,
            folder=Path(folder),
        )  # fmt: skip
        inserted(before, books.count("limit_transfer"), clients * charges_each)
        return _from_log(sorted(Path(folder).glob("l0.*")))


def _from_log(files: Sequence[Path]) -> Slice:
    """pgbench's log has a line for each transaction: client, number, latency in microseconds,
    script, end in seconds and the microseconds of that second."""
    lines = [line.split() for file in files if file.suffix != ".sql"
             for line in file.read_text(encoding="utf-8").splitlines()]  # fmt: skip
    latencies = [int(line[2]) for line in lines]
    ends = [int(line[4]) * 1_000_000 + int(line[5]) for line in lines]
    first = min(end - latency for end, latency in zip(ends, latencies, strict=True))
    return Slice(
        len(lines), (max(ends) - first) * 1000, tuple(latency * 1000 for latency in latencies)
    )


def _l0_script(books: "Books") -> str:
    canonical = charges.canonical_sample()
    return _L0.format(
        wallets=_ids(books, "371010/%"), revenues=_ids(books, "44%"), day=charges.DAY,
        canonical=f"\\x{canonical.hex()}", leaf=f"\\x{hashlib.sha256(canonical).hexdigest()}",
    )  # fmt: skip


def _ids(books: "Books", codes: str) -> tuple[int, int]:
    with books.superuser() as connection:
        row = connection.execute(
            "SELECT min(id), max(id) FROM account WHERE code LIKE %s", (codes,)
        ).fetchone()
    assert row is not None
    return row[0], row[1]


_REFERENCE = "B01-1-20261117-004711"
_DIMENSIONS = (
    "B01", "POOL-AD", "420101", "USt07", "commercial", "till", "B01-1", "B01-1/20261117/1",
)  # fmt: skip

Rows = tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]


def _in_one_connection(ground: "Ground", sizes: Sequence[int], write: Any) -> Slice:
    """Warm up, then `write` transactions of `sizes` charges; the rows are ready beforehand."""
    with ground.fresh() as books, books.superuser() as connection:
        accounts = _ids(books, "371010/%"), _ids(books, "44%")
        numbered = enumerate([charges.WARM_UP, *sizes], start=1)
        warm_up, *batches = [_rows(n, number * 1_000_000, accounts) for number, n in numbered]
        _write_all(connection, [warm_up], write)
        books.checkpoint()
        before = books.count("limit_transfer")
        with inputs_aside():
            started = time.perf_counter_ns()
            _write_all(connection, batches, write)
            took = time.perf_counter_ns() - started
        inserted(before, books.count("limit_transfer"), sum(sizes))
    return Slice(sum(sizes), took)


def _write_all(connection: psycopg.Connection, batches: Sequence[Rows], write: Any) -> None:
    for entries, transfers in batches:
        with connection.transaction(), connection.cursor() as cursor:
            write(cursor, "limit_entry", _ENTRY, entries)
            write(cursor, "limit_transfer", _TRANSFER, transfers)


def _rows(count: int, first_id: int, accounts: tuple[tuple[int, int], tuple[int, int]]) -> Rows:
    canonical = charges.canonical_sample()
    leaf = hashlib.sha256(canonical).digest()
    wallets, revenues = accounts
    entries: list[tuple[Any, ...]] = []
    transfers: list[tuple[Any, ...]] = []
    for id_ in range(first_id, first_id + count):
        entries.append((id_, uuid4(), charges.DAY, 1, "sale", _REFERENCE, canonical, leaf))
        transfers.append(
            (id_, 450, random.randint(*wallets), random.randint(*revenues), charges.DAY, 1, "EUR",
             *_DIMENSIONS)
        )  # fmt: skip
    return entries, transfers


def _unnest(
    cursor: psycopg.Cursor, table: str, columns: Mapping[str, str], rows: list[tuple[Any, ...]]
) -> None:
    arrays = ", ".join(f"%b::{kind}[]" for kind in columns.values())
    cursor.execute(
        f"INSERT INTO {table} ({', '.join(columns)}) SELECT * FROM unnest({arrays})",
        [list(column) for column in zip(*rows, strict=True)],
        prepare=True,
    )


def _copy(
    cursor: psycopg.Cursor, table: str, columns: Mapping[str, str], rows: list[tuple[Any, ...]]
) -> None:
    statement = f"COPY {table} ({', '.join(columns)}) FROM STDIN (FORMAT binary)"
    with cursor.copy(statement) as copy:
        copy.set_types(list(columns.values()))
        for row in rows:
            copy.write_row(row)
