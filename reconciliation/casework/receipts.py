"""Unclear money: what is known of a receipt, whose it may be, and assigning it once.

A receipt is the entry that put a bank line on 371100; assigning it books it away under the same
reference. Where a case is about it, the case is decided with it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID, uuid5

from sqlalchemy import text
from sqlalchemy.orm import Session

from ledger.case_answers import UnclearReceipt, unclear_receipts
from reconciliation.casework.cases import Case
from reconciliation.casework.postings import Posting
from reconciliation.casework.refusals import CaseworkRefused

UNCLEAR = "371100"


@dataclass(frozen=True, slots=True)
class Receipt:
    """Unclear money with everything the bank said. line: of the bank, None where it is unknown;
    case: number of the open difference about it."""

    entry_id: int
    booked_on: date
    amount_cents: int
    reference: str | None
    line: int | None
    value_on: date | None
    payer: str | None
    iban: str | None
    remittance: str | None
    end_to_end_id: str | None
    bank_reference: str | None
    account: str | None
    case: int | None
    asked: UUID | None

    @property
    def words(self) -> str:
        """All the bank wrote, in one line."""
        return " ".join(filter(None, (self.remittance, self.end_to_end_id)))


_FACTS = """
    SELECT e.id, l.id AS line, l.value_on, l.counterparty_name AS payer,
           l.counterparty_iban AS iban, l.remittance, l.end_to_end_id, l.bank_reference, s.account,
           (SELECT d.number FROM difference d WHERE d.closed_at IS NULL
               AND d.bank_codes @> ARRAY[l.id::text] ORDER BY d.number LIMIT 1) AS "case",
           (SELECT r.id FROM release_request r WHERE r.receipt = e.id AND NOT EXISTS
                   (SELECT FROM release_decision x WHERE x.request = r.id)) AS asked
      FROM entry e
      LEFT JOIN bank_match m ON m.entry_id = e.id
      LEFT JOIN bank_line l ON l.id = m.bank_line_id
      LEFT JOIN bank_statement s ON s.id = l.statement_id
     WHERE e.id = ANY(:ids)"""


def receipts(session: Session) -> list[Receipt]:
    """All unclear money that nobody has assigned, the oldest first."""
    return _with_facts(session, unclear_receipts(session))


def find_receipt(session: Session, entry: int) -> Receipt | None:
    """One of them; None where it is none, or was assigned."""
    found = [one for one in unclear_receipts(session) if one.entry_id == entry]
    return next(iter(_with_facts(session, found)), None)


def _with_facts(session: Session, found: Sequence[UnclearReceipt]) -> list[Receipt]:
    rows = session.execute(text(_FACTS), {"ids": [one.entry_id for one in found]})
    facts = {row.id: row for row in rows}
    return [
        Receipt(
            one.entry_id, one.booked_on, one.amount_cents, one.reference,
            *(getattr(facts[one.entry_id], name) for name in _NAMES),
        )
        for one in found
    ]  # fmt: skip


_NAMES = (
    "line", "value_on", "payer", "iban", "remittance", "end_to_end_id", "bank_reference",
    "account", "case", "asked",
)  # fmt: skip


def receipt_of(session: Session, case: Case) -> UnclearReceipt | None:
    """The receipt that a case on 371100 is about, by its bank line.

    Raises CaseworkRefused (receipt_unknown) where it was assigned meanwhile.
    """
    lines = [int(code) for code in case.bank_codes if code.isdecimal() and len(code) < 19]
    if case.account != UNCLEAR or not lines:
        return None
    query = text(
        "SELECT entry_id FROM bank_match WHERE rule = 'unclear' AND bank_line_id = ANY(:lines)"
    )
    entries = set(session.scalars(query, {"lines": lines}))
    if len(entries) != 1:
        return None
    found = next((one for one in unclear_receipts(session) if one.entry_id in entries), None)
    if found is None:
        raise CaseworkRefused("receipt_unknown", receipt=entries.pop())
    return found


@dataclass(frozen=True, slots=True)
class Target:
    """Whose the money may be. account: where it is booked; link: of a pay link it settles."""

    account: str
    words: str
    link: UUID | None = None
    due_cents: int | None = None


def target_posting(cents: int, target: Target) -> Posting:
    """What assigning this amount to the target books."""
    return Posting("unclear_assigned", {"amount": cents}, {"assigned_to": target.account})


def find_targets(session: Session, asked: str) -> list[Target]:
    """Wallets and open claims by code, reference (spaces and O for 0 are forgiven) or number."""
    folded = fold(asked)
    if len(folded) < 3:
        return []
    rows = session.execute(text(_TARGETS), {"folded": f"%{folded}%"})
    return [Target(*row) for row in rows]


def target_named(session: Session, account: str, link: UUID | None) -> Target | None:
    """The wallet of this account, or the open claim of this link."""
    values = {"account": account, "link": link}
    query = text(f"SELECT * FROM ({_ALL}) t WHERE account = :account"
                 " AND link IS NOT DISTINCT FROM CAST(:link AS uuid)")  # fmt: skip
    row = session.execute(query, values).first()
    return None if row is None else Target(*row[:4])


def fold(words: str) -> str:
    """A reference without spaces, dashes and dots, in capitals, O read as 0."""
    kept = "".join(one for one in words.upper() if one.isalnum())
    return kept.replace("O", "0")


_ALL = """
    SELECT w.account, 'Guthaben ' || w.code || ', ' || w.reference AS words, NULL::uuid AS link,
           NULL::bigint AS due_cents, replace(upper(w.code || w.reference), 'O', '0') AS folded
      FROM wallet w
    UNION ALL
    SELECT coalesce(w.account, '161100'),
           CASE WHEN w.code IS NULL THEN 'Bescheid ZL-' ELSE 'Rechnung ZL-' END
               || lpad(p.number::text, 6, '0') || ', ' || p.reference, p.id,
           coalesce((SELECT c.amount_cents FROM pay_link_change c WHERE c.link = p.id
                      ORDER BY c.number DESC LIMIT 1), p.amount_cents),
           replace(upper('ZL' || lpad(p.number::text, 6, '0') || p.reference), 'O', '0')
      FROM pay_link p LEFT JOIN wallet w ON w.code = p.wallet
     WHERE p.takes_transfers
       AND NOT EXISTS (SELECT FROM pay_link_withdrawal x WHERE x.link = p.id)
       AND NOT EXISTS (SELECT FROM pay_link_payment y WHERE y.link = p.id AND y.use = 'settles')"""
_TARGETS = f"""
    SELECT account, words, link, due_cents FROM ({_ALL}) t
     WHERE replace(replace(folded, '-', ''), ' ', '') LIKE :folded ORDER BY words LIMIT 20"""


def assigned_key(session: Session, entry: int) -> UUID:
    """The key under which a receipt is booked away: one for all who assign it, a new one after
    it was taken back."""
    row = session.execute(
        text("""
            SELECT e.key, (SELECT count(*) FROM entry f JOIN entry t ON t.reverses = f.id
                            WHERE f.event = 'unclear_assigned'
                              AND f.reference = e.reference) AS times
              FROM entry e WHERE e.id = :id"""),
        {"id": entry},
    ).one()
    return uuid5(row.key, f"assigned {row.times}" if row.times else "assigned")
