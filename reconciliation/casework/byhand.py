"""Matching by hand: rows of the three sides beside each other, until their sums agree."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import text
from sqlalchemy.orm import Session

from ledger.permissions import Caller
from reconciliation.casework.cases import Case, open_case
from reconciliation.casework.deciding import (
    Codes,
    Decision,
    Done,
    checked_words,
    codes_of,
    decide,
)
from reconciliation.casework.postings import Posting, settling
from reconciliation.casework.receipts import UNCLEAR
from reconciliation.casework.refusals import CaseworkRefused

MOST_CANDIDATES = 60
SIDES = ("expected", "provider", "bank")


@dataclass(frozen=True, slots=True)
class Row:
    """A row of one side. side: expected, provider or bank. account: where an expected amount
    stands in the books, None where that is unknown or the row is not the books'."""

    side: str
    code: str
    words: str | None
    reference: str | None
    amount_cents: int
    on: date
    account: str | None = None


@dataclass(frozen=True, slots=True)
class Rest:
    """What is left after matching goes to this account, for this reason."""

    account: str
    words: str


_EXPECTED = """
    SELECT 'expected' AS side, x.code,
           coalesce(x.till, x.office, x.terminal) AS words,
           coalesce(x.receipt, x.order_ref, x.psp_ref, x.related_ref) AS reference,
           x.amount_cents, x.business_day AS "on",
           (SELECT a.code FROM transfer t JOIN account a ON a.id = t.debit_account
             WHERE t.entry_id = x.entry_id ORDER BY t.line LIMIT 1) AS account
      FROM expected_item x"""
_PROVIDER_DAY = "coalesce(l.local_at::date, (l.happened_at AT TIME ZONE 'Europe/Berlin')::date)"
_PROVIDER = f"""
    SELECT DISTINCT ON (l.txn_id) 'provider' AS side, l.txn_id AS code,
           concat_ws(' · ', l.terminal, l.scheme) AS words,
           coalesce(l.order_ref, l.psp_ref, l.receipt) AS reference, l.gross_cents AS amount_cents,
           {_PROVIDER_DAY} AS "on",
           NULL AS account
      FROM provider_line l"""
_BANK = """
    SELECT 'bank' AS side, l.id::text AS code,
           concat_ws(' · ', l.counterparty_name, l.remittance) AS words,
           coalesce(l.rf_reference, l.end_to_end_id, l.bank_reference) AS reference,
           l.amount_cents, l.booked_on AS "on", NULL AS account
      FROM live_bank_line l"""
_NEWEST = " ORDER BY l.txn_id, l.file_version DESC, l.id DESC"


def rows_of(session: Session, codes: Codes) -> list[Row]:
    """The rows that these codes name, side by side."""
    found = []
    for query, named, order in (
        (f"{_EXPECTED} WHERE x.code = ANY(:codes)", codes.expected, " ORDER BY x.code"),
        (f"{_PROVIDER} WHERE l.txn_id = ANY(:codes)", codes.provider, _NEWEST),
        (
            f"{_BANK} WHERE l.id = ANY(CAST(:ids AS bigint[])) OR l.bank_reference = ANY(:codes)",
            codes.bank, " ORDER BY l.id",
        ),
    ):  # fmt: skip
        if named:
            ids = [int(code) for code in named if code.isdecimal() and len(code) < 19]
            values = {"codes": list(named)} | ({"ids": ids} if ":ids" in query else {})
            found += [Row(*row) for row in session.execute(text(query + order), values)]
    return found


@dataclass(frozen=True, slots=True)
class Range:
    """Which candidates: days around the case, cents around its amount; both inclusive."""

    days: int = 3
    cents: int = 0


def candidates(session: Session, case: Case, within: Range) -> list[Row]:
    """Rows of the other sides that may belong to the case, the nearest amounts first.

    Rows that somebody matched by hand are left out; what a rule matched still shows.
    """
    wanted = {
        abs(cents)
        for cents in (case.expected_cents, case.confirmed_cents, case.amount_cents)
        if cents
    }
    if not wanted:
        return []
    values = {
        "first": case.since - timedelta(days=within.days),
        "last": case.since + timedelta(days=within.days),
        "own": [*case.expected_codes, *case.provider_codes, *case.bank_codes],
        "wanted": sorted(wanted),
        "cents": within.cents,
    }  # fmt: skip
    return [Row(*row) for row in session.execute(text(_CANDIDATES), values)]


_FREE = ("NOT EXISTS (SELECT FROM match_decision m WHERE m.kind = 'pair' AND m.ended_at IS NULL"
         " AND c.code = ANY(m.{side}_codes))")  # fmt: skip
_FITS = (
    "EXISTS (SELECT FROM unnest(CAST(:wanted AS bigint[])) w WHERE abs(abs({cents}) - w) <= :cents)"
)
_CANDIDATES = f"""
    SELECT * FROM (
        SELECT * FROM ({_EXPECTED} WHERE x.business_day BETWEEN :first AND :last
                          AND {_FITS.format(cents="x.amount_cents")}) c
         WHERE {_FREE.format(side="expected")}
        UNION ALL
        SELECT * FROM ({_PROVIDER} WHERE {_FITS.format(cents="l.gross_cents")}
                          AND {_PROVIDER_DAY} BETWEEN :first AND :last
                          AND l.record_type IN ('charge', 'refund', 'reversal', 'chargeback',
                                                'chargeback_reversal')
                        {_NEWEST}) c
         WHERE {_FREE.format(side="provider")}
        UNION ALL
        SELECT * FROM ({_BANK} WHERE l.booked_on BETWEEN :first AND :last
                          AND {_FITS.format(cents="l.amount_cents")}) c
         WHERE {_FREE.format(side="bank")}) found
     WHERE NOT code = ANY(:own)
     ORDER BY (SELECT min(abs(abs(amount_cents) - w)) FROM unnest(CAST(:wanted AS bigint[])) w),
              "on", side, code LIMIT {MOST_CANDIDATES}"""


def rest_of(rows: Sequence[Row]) -> int:
    """Confirmed less expected, in cents: zero where both sides agree.

    Against the books stands the provider, or the bank where no provider's row is chosen; without
    a row of the books the bank stands against the provider.
    """
    sums = {side: sum(row.amount_cents for row in rows if row.side == side) for side in SIDES}
    there = {side for side in SIDES if any(row.side == side for row in rows)}
    left = "expected" if "expected" in there else "provider"
    right = "provider" if left == "expected" and "provider" in there else "bank"
    return sums[right] - sums[left]


def match_by_hand(
    session: Session, by: Caller, number: int, *, version: str, chosen: Codes, at: datetime,
    rest: Rest | None = None,
) -> Done:  # fmt: skip
    """Say that the case's rows and the chosen ones belong together.

    Where they do not agree, `rest` says where the remainder goes and why. Raises CaseUnknown,
    CaseChanged, CaseworkRefused (difference_closed, difference_waits, difference_codes,
    difference_sum, difference_account, difference_taken, difference_booking).
    """
    case = open_case(session, number, version)
    codes = codes_of(case) + chosen
    rows = rows_of(session, codes)
    if {(row.side, row.code) for row in rows if row.side != "bank"} != {
        *(("expected", code) for code in codes.expected),
        *(("provider", code) for code in codes.provider),
    } or len({row.side for row in rows}) < 2:
        raise CaseworkRefused("difference_codes", number=number)
    cents = rest_of(rows)
    if cents and rest is None:
        raise CaseworkRefused("difference_sum", rest_cents=cents)
    postings = hand_postings(case, rows, rest)
    words = checked_words(rest.words) if rest and cents else None
    said = Decision("match", postings, codes, words, {"rest_cents": cents, "rows": len(rows)})
    return decide(session, by, case, said, at=at)


def hand_postings(case: Case, rows: Sequence[Row], rest: Rest | None) -> list[Posting]:
    """What matching these rows books: unclear money goes where it is due, and the rest."""
    cents = rest_of(rows)
    postings = []
    if case.account == UNCLEAR:
        postings += [_assigned(row) for row in rows if row.side == "expected" and row.account]
    if cents and rest is not None:
        if case.account is None:
            raise CaseworkRefused("difference_account", number=case.number)
        postings.append(settling(case.account, cents, rest.account))
    return postings


def _assigned(row: Row) -> Posting:
    return Posting(
        "unclear_assigned", {"amount": row.amount_cents}, {"assigned_to": row.account or ""}
    )
