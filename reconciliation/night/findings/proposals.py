"""What a person may accept with one key: whose unclear money it probably is, and why.

Nothing here is booked by itself: below an exact key a person decides. Two answers are no answer.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import text
from sqlalchemy.orm import Session

from ledger.balances import balance, sub_ledger_balances
from reconciliation.differences import Difference
from reconciliation.engine.candidates import is_one_slip
from reconciliation.german import euros

ASSIGN = "unclear_assigned"
FEDERAL, AUTHORITIES = "371200", "161900"

# References as people mistype them: in the text without spaces, O for 0. One sign may differ: one
# replaced, or two neighbours swapped; never the length. Wallets are cut into two halves, one of
# which has to be right, so that nothing compares every line with every wallet.
_TYPOS = """
    WITH line AS (
        SELECT l.id, translate(upper(replace(coalesce(l.remittance, '') || ' '
                   || coalesce(l.end_to_end_id, ''), ' ', '')), 'O', '0') AS said
          FROM bank_line l WHERE l.id = ANY (CAST(:lines AS bigint[]))),
    piece AS (
        SELECT line.id, substr(said, n, :length) AS word
          FROM line, generate_series(1, greatest(length(said) - :length + 1, 0)) n
         WHERE substr(said, n, :length) ~ '^(RF|[0-9]{2})[0-9]+$'),
    candidate AS (
        SELECT p.id, w.account, w.reference, p.word
          FROM piece p JOIN wallet w ON left(w.reference, :half) = left(p.word, :half)
        UNION
        SELECT p.id, w.account, w.reference, p.word
          FROM piece p JOIN wallet w ON right(w.reference, :rest) = right(p.word, :rest))
    SELECT * FROM candidate ORDER BY id, reference, word"""

_NAMES = "SELECT code, name FROM account WHERE code = ANY (CAST(:codes AS text[]))"


def with_proposals(session: Session, found: Sequence[Difference]) -> list[Difference]:
    """The same cases; unclear money that fits one owner alone comes with a proposal."""
    answers: dict[str, Difference] = {}
    lines = {int(each.bank_codes[0]): each for each in found if each.kind == "UNKNOWN_CREDIT"}
    if lines:
        answers = _subsidies(session, lines) | _typos(session, lines)
    for each in found:
        if each.kind == "UNEXPLAINED_LINE" and each.amount_cents < 0:
            answers |= _federal_share(session, each)
    return [answers.get(each.id, each) for each in found]


def _typos(session: Session, lines: Mapping[int, Difference]) -> dict[str, Difference]:
    length = session.scalar(text("SELECT max(length(reference)) FROM wallet"))
    if length is None:
        return {}
    values = {"lines": list(lines), "length": length, "half": length // 2,
              "rest": length - length // 2}  # fmt: skip
    near: dict[int, dict[str, tuple[str, str]]] = {}
    for row in session.execute(text(_TYPOS), values):
        if len(row.word) == len(row.reference) and is_one_slip(row.word, row.reference):
            near.setdefault(row.id, {})[row.account] = (row.reference, row.word)
    found = {}
    for line, owners in near.items():
        if len(owners) == 1:
            [(account, (reference, word))] = owners.items()
            each = lines[line]
            reasons = [
                (True, f"{word} unterscheidet sich in einer Stelle von {reference}."),
                (True, "Kein anderes Guthaben hat eine so ähnliche Nummer."),
                (False, "Die Prüfziffer stimmt nicht."),
            ]
            found[each.id] = _proposed(each, account, 3, reasons)
    return found


def _subsidies(session: Session, lines: Mapping[int, Difference]) -> dict[str, Difference]:
    """Credits over what an authority has open, to the cent, and no other authority has."""
    owing: dict[int, list[str]] = {}
    for code, held in sub_ledger_balances(session, AUTHORITIES).items():
        owing.setdefault(held.debit_balance_cents, []).append(code)
    codes = [code for those in owing.values() for code in those]
    names = {row.code: row.name for row in session.execute(text(_NAMES), {"codes": codes})}
    found = {}
    for each in lines.values():
        accounts = owing.get(each.amount_cents, [])
        if len(accounts) == 1:
            reasons = [
                (True, f"{names[accounts[0]]} hat genau {euros(each.amount_cents)} offen."),
                (False, "Der Verwendungszweck nennt keine unserer Nummern."),
            ]
            found[each.id] = _proposed(each, accounts[0], 4, reasons)
    return found


def _federal_share(session: Session, each: Difference) -> dict[str, Difference]:
    """A debit over what was the federation's at the end of the month before."""
    until = each.since.replace(day=1) - timedelta(days=1)
    due = -balance(session, FEDERAL, as_of=until).debit_balance_cents
    if due != -each.amount_cents:
        return {}
    proposal = {
        "event": "federal_share_paid", "amounts": {"amount": due}, "roles": {},
        "reference": each.reference,
        "reasons": [
            {"fits": True, "words": f"Auf {FEDERAL} standen Ende {until:%m.%Y} {euros(due)}."},
            {"fits": False, "words": "Der Auszug nennt keine unserer Nummern."},
        ],
    }  # fmt: skip
    return {each.id: replace(each, severity="suggestion", tier=4, proposal=proposal)}


def _proposed(
    each: Difference, account: str, tier: int, reasons: Sequence[tuple[bool, str]]
) -> Difference:
    proposal = {
        "event": ASSIGN, "amounts": {"amount": each.amount_cents},
        "roles": {"assigned_to": account}, "reference": each.reference,
        "reasons": [{"fits": fits, "words": words} for fits, words in reasons],
    }  # fmt: skip
    return replace(each, severity="suggestion", tier=tier, proposal=proposal)
