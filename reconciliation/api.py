"""What finance asks of the books over JSON: balances, the journal, statements of accounts."""

from datetime import date, datetime
from functools import partial
from typing import Any, cast

from flask import current_app
from flask_smorest import Blueprint

from ledger.balances import balance, trial_balance
from ledger.errors import UnknownEntry
from ledger.permissions import Books, Permission, needs
from ledger.queries import JournalEntry, account_statement, find_entry, journal
from reconciliation import cursors
from reconciliation.schemas import (
    BalanceOut,
    CutQuery,
    EntryOut,
    JournalOut,
    JournalQuery,
    PageQuery,
    StatementOut,
    TrialBalanceOut,
    TrialBalanceQuery,
)

api = Blueprint("books", __name__, url_prefix="/api/v1", description="Balances and the journal")

_asked = partial(api.arguments, location="query", unknown="raise", error_status_code=400)


@api.route("/balances/<code:account>")
@needs(Permission.BALANCES_READ)
@_asked(CutQuery)
@api.response(200, BalanceOut)
def get_balance(cut: dict[str, Any], account: str) -> dict[str, Any]:
    """The balance of an account

    Now, at the end of a business day, or as it was known at a moment; of a control account, the
    balance of its whole sub-ledger.
    """
    with _books().read_only() as session:
        found = balance(session, account, **cut)
    return {
        "account": account,
        "debit_cents": found.debit_cents,
        "credit_cents": found.credit_cents,
        "debit_balance_cents": found.debit_balance_cents,
        **_cut_of(cut),
    }


@api.route("/trial-balance")
@needs(Permission.BALANCES_READ)
@_asked(TrialBalanceQuery)
@api.response(200, TrialBalanceOut)
def get_trial_balance(asked: dict[str, Any]) -> dict[str, Any]:
    """The trial balance

    Every account that ever moved; debits and credits come to the same sum.
    """
    with _books().read_only() as session:
        lines = trial_balance(session, **asked)
    return {
        "accounts": lines,
        "debit_cents": sum(line.balance.debit_cents for line in lines),
        "credit_cents": sum(line.balance.credit_cents for line in lines),
        **_cut_of(asked),
    }


@api.route("/journal")
@needs(Permission.JOURNAL_READ)
@_asked(JournalQuery)
@api.response(200, JournalOut)
def get_journal(asked: dict[str, Any]) -> dict[str, Any]:
    """The journal, page by page

    Follow `next` until it is null; pages already read never change.
    """
    (after,) = cursors.read(asked.pop("cursor"), "journal", 1)
    account = asked.pop("account", None)
    with _books().read_only() as session:
        page = journal(session, after=after, account_code=account, **asked)
    more = None if page.after is None else cursors.written("journal", page.after)
    return {"entries": page.entries, "next": more}


@api.route("/accounts/<code:account>/statement")
@needs(Permission.JOURNAL_READ)
@_asked(PageQuery)
@api.response(200, StatementOut)
def get_statement(asked: dict[str, Any], account: str) -> dict[str, Any]:
    """The movements of an account, page by page

    Each with the balance after it, in the order they were posted.
    """
    entry, line = cursors.read(asked["cursor"], "statement", 2)
    with _books().read_only() as session:
        page = account_statement(session, account, after=(entry, line), limit=asked["limit"])
    more = None if page.after is None else cursors.written("statement", *page.after)
    return {"account": account, "lines": page.lines, "next": more}


@api.route("/entries/<int(max=9223372036854775807):entry_id>")
@needs(Permission.JOURNAL_READ)
@api.response(200, EntryOut)
def get_entry(entry_id: int) -> JournalEntry:
    """One entry of the journal with its transfers"""
    with _books().read_only() as session:
        found = find_entry(session, entry_id)
    if found is None:
        raise UnknownEntry(entry_id)
    return found


def _books() -> Books:
    return cast(Books, current_app.extensions["books"])


def _cut_of(asked: dict[str, Any]) -> dict[str, date | datetime | None]:
    return {"as_of": asked.get("as_of"), "known_at": asked.get("known_at")}
