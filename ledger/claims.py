"""What a family owes beyond its grace limit: claims on account 171100 under its wallet's code.

Money that comes onto the wallet pays the claim first: what is on the wallet then is free to eat
from, and nobody is asked for a bill that has been covered.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import uuid4

from sqlalchemy import text
from sqlalchemy.orm import Session

from ledger.calendar import business_day
from ledger.catalogue.posted import posted_catalogue
from ledger.entries import Dimensions, Entry, Posted
from ledger.journal import post
from ledger.periods import first_open_day
from ledger.sub_accounts import lock_funds
from ledger.tenders import meal_wallet

CLAIMS = "171100"


def open_claims(session: Session, wallet: str) -> int:
    """The open bill of a wallet in cents: meals it could not bear, less what was paid of them.

    Below zero where more was paid than is owed.
    """
    return open_claims_of(session, [wallet]).get(wallet, 0)


def open_claims_of(session: Session, wallets: Collection[str] | None) -> Mapping[str, int]:
    """The open bills of these wallets (None: of all) that are not zero, in cents by wallet."""
    if wallets is None:
        rows = session.execute(_OF_ALL, {"account": CLAIMS})
    else:
        rows = session.execute(_OF_THESE, {"account": CLAIMS, "wallets": sorted(set(wallets))})
    return {row.wallet: int(row.cents) for row in rows}


def settle_claims(session: Session, *, at: datetime, wallets: Collection[str] | None = None) -> int:
    """Pay open claims from what is on their wallets; the cents that were. Again is safe.

    wallets: only of these. What a wallet has on credit pays nothing.
    """
    owing = [code for code, cents in open_claims_of(session, wallets).items() if cents > 0]
    if not owing:
        return 0
    accounts = {meal_wallet(code).account: code for code in sorted(owing)}
    lock_funds(session, accounts)
    # Read again behind the lock: whoever had it may have settled the same claims.
    owed = open_claims_of(session, owing)
    day = first_open_day(session, business_day(at))
    rulebook, entries = posted_catalogue(session).rulebook, list[Entry]()
    for account, balance in _balances(session, accounts).items():
        cents = min(balance, owed.get(accounts[account], 0))
        if cents > 0:
            where = Dimensions(channel="wallet", case_reference=accounts[account])
            transfers = rulebook.transfers(
                "claim_settled", amounts={"amount": cents}, roles={"wallet": account},
                dimensions=where,
            )  # fmt: skip
            entries.append(Entry(uuid4(), "claim_settled", day, transfers))
    outcomes = post(session, entries) if entries else []
    booked = {one.key for one in outcomes if isinstance(one, Posted)}
    return sum(one.transfers[0].amount.cents for one in entries if one.key in booked)


def _balances(session: Session, accounts: Collection[str]) -> Mapping[str, int]:
    rows = session.execute(_FREE, {"accounts": sorted(accounts)})
    return {row.code: int(row.cents) for row in rows}


# By the case reference alone: the payments of a bill never touch the wallet.
_OF_THESE = text("""
    SELECT c.value AS wallet,
           sum(CASE WHEN a.id = t.debit_account THEN t.amount_cents
                    ELSE -t.amount_cents END) AS cents
      FROM account a
      JOIN transfer t ON a.id IN (t.debit_account, t.credit_account)
      JOIN case_reference c ON c.id = t.case_id
     WHERE a.code = :account
       AND c.value = ANY(CAST(:wallets AS text[]))
     GROUP BY c.value HAVING sum(CASE WHEN a.id = t.debit_account THEN t.amount_cents
                                      ELSE -t.amount_cents END) <> 0""")

# For all of them by the account, a side at a time: asked for both at once no index would serve, and
# every transfer there ever was would be read, every five minutes.
_OF_ALL = text("""
    SELECT c.value AS wallet, sum(m.cents) AS cents
      FROM account a
     CROSS JOIN LATERAL (
           SELECT case_id, amount_cents AS cents FROM transfer WHERE debit_account = a.id
           UNION ALL
           SELECT case_id, -amount_cents FROM transfer WHERE credit_account = a.id) m
      JOIN case_reference c ON c.id = m.case_id
     WHERE a.code = :account
       AND c.value LIKE 'W-%'
     GROUP BY c.value HAVING sum(m.cents) <> 0""")

_FREE = text("""
    SELECT a.code, g.posted - g.held AS cents
      FROM account a JOIN guard g ON g.account_id = a.id WHERE a.code = ANY(:accounts)""")
