"""The promises of the books, checked from the stored rows alone and without the ledger's code."""

import hashlib
from collections.abc import Sequence

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

# Posted as the guard says and as the transfers say; held as the guard says and as the holds say.
_GUARDS = """
    SELECT a.code, g.posted, g.held, g.floor,
           g.normal * coalesce((SELECT sum(CASE WHEN credit_account = a.id THEN amount_cents
                                                ELSE -amount_cents END) FROM transfer
                                 WHERE a.id IN (debit_account, credit_account)), 0) AS moved,
           coalesce(h.kept, 0) AS kept, coalesce(h.overdue, 0) AS overdue
      FROM guard g JOIN account a ON a.id = g.account_id
      LEFT JOIN (SELECT account_id, sum(amount_cents) AS kept,
                        sum(amount_cents) FILTER (WHERE expires_at <= clock_timestamp()) AS overdue
                   FROM hold WHERE id NOT IN (SELECT hold_id FROM hold_resolution)
                  GROUP BY account_id) h USING (account_id)
     ORDER BY a.id"""


def keep_all(session: Session) -> None:
    """Assert every promise that the rows can show, all entries being sealed or not yet."""
    guards_agree(session)
    sides_are_equal(session)
    nothing_was_recorded_in_a_closed_day(session)
    every_key_has_one_answer(session)
    blocks_hold_every_entry_once(session)


def guards_agree(session: Session) -> Sequence[Row]:
    """Guards equal the sum of their transfers and holds and are above their floor."""
    guards = session.execute(text(_GUARDS)).all()
    for row in guards:
        assert row.posted == row.moved, row
        assert row.held == row.kept, row
        assert row.posted - row.held >= row.floor, row
    return guards


def sides_are_equal(session: Session) -> None:
    """In every currency the sealed running totals and the tail have equal sides."""
    lopsided = session.execute(text(
        "SELECT currency FROM (SELECT DISTINCT ON (account_id) account_id, debit_cents,"
        "  credit_cents FROM account_total ORDER BY account_id, block_number DESC) t"
        " JOIN account a ON a.id = t.account_id GROUP BY currency"
        " HAVING sum(debit_cents) <> sum(credit_cents)")).all()  # fmt: skip
    assert lopsided == []
    foreign = session.execute(text(
        "SELECT entry_id FROM transfer t JOIN account d ON d.id = debit_account"
        " JOIN account c ON c.id = credit_account"
        " WHERE d.currency <> t.currency OR c.currency <> t.currency")).all()  # fmt: skip
    assert foreign == []


def nothing_was_recorded_in_a_closed_day(session: Session) -> None:
    late = session.execute(text(
        "SELECT e.id FROM entry e JOIN closed_day c ON c.day = e.booked_on"
        " WHERE e.recorded_at > c.closed_at")).all()  # fmt: skip
    assert late == []


def every_key_has_one_answer(session: Session) -> None:
    """Posted answers and entries are the same set, and each entry is whole."""
    apart = session.execute(text(
        "SELECT e.id, a.entry_id FROM entry e"
        "  FULL JOIN (SELECT * FROM answer WHERE refused IS NULL) a"
        "    ON a.key = e.key AND a.entry_id = e.id"
        " WHERE e.id IS NULL OR a.entry_id IS NULL")).all()  # fmt: skip
    assert apart == []
    twice = session.execute(text("SELECT key FROM entry GROUP BY key HAVING count(*) > 1")).all()
    assert twice == []
    torn = session.execute(text(
        "SELECT id FROM entry WHERE line_count <>"
        " (SELECT count(*) FROM transfer WHERE entry_id = id)")).all()  # fmt: skip
    assert torn == []


def blocks_hold_every_entry_once(session: Session) -> None:
    """Every entry up to a block's last one is a leaf of its tree, whose root is the stored one."""
    leaves = session.execute(text("SELECT id, canonical FROM entry ORDER BY id")).all()
    blocks = session.execute(text("SELECT * FROM block ORDER BY number")).all()
    before = 0
    for number, block in enumerate(blocks, start=1):
        inside = [row.canonical for row in leaves if row.id <= block.last_entry]
        assert block.number == number
        assert block.tree_size == before + block.entry_count == len(inside)
        before = block.tree_size
    checked = blocks if len(leaves) < 1000 else blocks[-1:]  # each root costs its whole tree
    for block in checked:
        inside = [row.canonical for row in leaves if row.id <= block.last_entry]
        assert block.root == naive_root(inside)


def naive_root(contents: Sequence[bytes]) -> bytes:
    """RFC 9162 2.1.1 word for word: split at the largest power of two below n."""
    if not contents:
        return hashlib.sha256(b"").digest()
    if len(contents) == 1:
        return hashlib.sha256(b"\x00" + contents[0]).digest()
    split = 1 << (len(contents) - 1).bit_length() - 1
    left, right = naive_root(contents[:split]), naive_root(contents[split:])
    return hashlib.sha256(b"\x01" + left + right).digest()
