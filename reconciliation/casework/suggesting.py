"""Whose unclear money may be: by its words, its payer and its amount, with the tier of each."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.orm import Session

from reconciliation.casework.receipts import Receipt, Target, fold, target_named

DIGITS = "0123456789"
_MOST = 5


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One guess: to whom, how strong (1 is the strongest tier of five), and why."""

    target: Target
    tier: int
    words: str


def suggestions(session: Session, receipt: Receipt) -> list[Suggestion]:
    """The best first; nothing is ever assigned by them alone."""
    found: dict[str, Suggestion] = {}
    guesses = (
        *_by_words(session, receipt),
        *_by_payer(session, receipt),
        *_by_amount(session, receipt),
    )
    for one in sorted(guesses, key=lambda guess: guess.tier):
        found.setdefault(f"{one.target.account} {one.target.link}", one)
    return list(found.values())[:_MOST]


def _by_words(session: Session, receipt: Receipt) -> Iterator[Suggestion]:
    """References in the text: as they are, or with one character wrong or two exchanged."""
    said = fold(receipt.words)
    starts = [at for at in range(len(said)) if said.startswith("RF", at)]
    for written in dict.fromkeys(said[at : at + 14] for at in starts):
        if len(written) < 14:
            continue
        exact = _named(session, [written])
        if exact:
            yield from (Suggestion(one, 2, "Referenz steht im Text") for one in exact)
            continue
        near = _named(session, list(_slips(written)))
        if len(near) == 1:
            yield Suggestion(near[0], 3, "Referenz mit einem Tippfehler, eindeutig")


def _slips(written: str) -> Iterator[str]:
    """Every reference one typing slip away."""
    for at in range(2, len(written)):
        for digit in DIGITS:
            yield written[:at] + digit + written[at + 1 :]
    for at in range(2, len(written) - 1):
        yield written[:at] + written[at + 1] + written[at] + written[at + 2 :]


def _named(session: Session, references: list[str]) -> list[Target]:
    rows = session.execute(
        text("""SELECT w.account, NULL::uuid AS link FROM wallet w WHERE w.reference = ANY(:known)
                UNION
                SELECT coalesce(w.account, '161100'), p.id FROM pay_link p
                  LEFT JOIN wallet w ON w.code = p.wallet WHERE p.reference = ANY(:known)"""),
        {"known": references},
    )
    named = (target_named(session, row.account, row.link) for row in rows.all())
    return [one for one in named if one is not None]


def _by_payer(session: Session, receipt: Receipt) -> Iterator[Suggestion]:
    """The same account of a payer topped up one wallet before, and no other."""
    if not receipt.iban:
        return
    rows = session.execute(
        text("""SELECT DISTINCT a.code FROM bank_line l
                  JOIN bank_match m ON m.bank_line_id = l.id
                  JOIN transfer t ON t.entry_id = m.entry_id
                  JOIN account a ON a.id = t.credit_account
                 WHERE l.counterparty_iban = :iban AND a.code LIKE '3710%/%' LIMIT 2"""),
        {"iban": receipt.iban},
    ).all()
    if len(rows) == 1:
        target = target_named(session, rows[0].code, None)
        if target is not None:
            yield Suggestion(
                target, 4, "Zahler bekannt: dieses Konto hat nur dieses Guthaben aufgeladen"
            )


def _by_amount(session: Session, receipt: Receipt) -> Iterator[Suggestion]:
    """The only open claim over exactly this amount."""
    rows = session.execute(
        text("""SELECT p.id, coalesce(w.account, '161100') AS account FROM pay_link p
                  LEFT JOIN wallet w ON w.code = p.wallet
                 WHERE p.amount_cents = :cents AND p.takes_transfers
                   AND NOT EXISTS (SELECT FROM pay_link_withdrawal x WHERE x.link = p.id)
                   AND NOT EXISTS (SELECT FROM pay_link_payment y WHERE y.link = p.id)
                 LIMIT 2"""),
        {"cents": receipt.amount_cents},
    ).all()
    if len(rows) == 1:
        target = target_named(session, rows[0].account, rows[0].id)
        if target is not None:
            yield Suggestion(target, 5, "einzige offene Forderung über diesen Betrag")
