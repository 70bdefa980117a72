"""The steps of a night, in order; each is one transaction and says how many rows it wrote.

A step reads what is there and writes what follows from it, so it can be repeated: what was
written before is found and left alone. Steps that ask somebody else (a folder, the provider)
open transactions of their own and are only noted afterwards.
"""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from ledger.calendar import CITY_TIME
from ledger.catalogue.stored import stored_rulebook
from ledger.catalogue.tariffs import stored_card_tariffs
from reconciliation.differences import write_differences
from reconciliation.engine import Knowledge, Tariff
from reconciliation.engine import run as run_matcher
from reconciliation.inbox import State, bring_terminal_totals, take_in
from reconciliation.night.accounts import keep_accounts
from reconciliation.night.channels import keep_channels
from reconciliation.night.expected import bring_expected, own_terminals
from reconciliation.night.findings import find_differences
from reconciliation.night.rules import RULES, book_payouts, explain_lines, provider_control
from reconciliation.night.totals import (
    bank_totals,
    control_totals,
    fund_totals,
    keep_totals,
    provider_total,
    totals_of,
)
from reconciliation.reports.sums import keep_sums
from reconciliation.reports.takings import refresh_takings
from reconciliation.sources.stripe import sweep_provider

Transaction = Callable[[], AbstractContextManager[Session]]
Counts = Mapping[str, int]

NOT_TAKEN = frozenset({State.HELD, State.REFUSED})
MORNING = time(6)  # as of when a day is looked at: no clock change ever happens then


@dataclass(frozen=True, slots=True)
class Means:
    """What a run may use beside the books.

    inbox: the watched folder of files. provider: a client of the provider's API. None: there is
    none, and its step has nothing to do.
    """

    inbox: Path | None = None
    provider: Any = None


@dataclass(frozen=True, slots=True)
class Night:
    """One run: up to and including which business day it looks, and with what."""

    run: UUID
    day: date
    means: Means

    @property
    def as_of(self) -> datetime:
        """The moment by which things are due or not: the morning after the day."""
        return datetime.combine(self.day + timedelta(days=1), MORNING, CITY_TIME)


Inside = Callable[[Session, Night], Counts]
Outside = Callable[[Transaction, Night], Counts]


@dataclass(frozen=True, slots=True)
class Step:
    """One step. inside: works in the step's own transaction. outside: before it, in its own."""

    name: str
    inside: Inside | None = None
    outside: Outside | None = None


def _files(transaction: Transaction, night: Night) -> Counts:
    """Take in what lies in the watched folder, and the totals that terminals said at tills."""
    folder = night.means.inbox
    taken = [] if folder is None else take_in(folder, transaction)
    with transaction() as session:
        totals = bring_terminal_totals(session)
    parts = [each for file in taken for each in file.delivered]
    return {
        "files": len(taken), "held": sum(each.state in NOT_TAKEN for each in parts),
        "read": len(taken), "totals": totals, "written": len(taken) + totals,
    }  # fmt: skip


def _provider(transaction: Transaction, night: Night) -> Counts:
    """Ask the provider for what it made since, up to the moment the day is looked at as of."""
    client = night.means.provider
    if client is None:
        return {"written": 0}
    swept = sweep_provider(transaction, client, min(night.as_of, datetime.now(UTC)))
    return {
        "read": swept.line_count + swept.changed_count, "payouts": swept.payout_count,
        "held": len(swept.held), "troubles": len(swept.troubles),
        "written": swept.line_count + swept.changed_count,
    }  # fmt: skip


def _expected(session: Session, _night: Night) -> Counts:
    return bring_expected(session)


def _matching(session: Session, night: Night) -> Counts:
    tariffs = tuple(
        Tariff(each.provider, each.kind, each.basis_points, each.fixed_cents, each.valid_from)
        for each in stored_card_tariffs(session)
    )
    knowledge = Knowledge(tariffs, terminals=own_terminals(session))
    done = run_matcher(session, as_of=night.as_of, knowledge=knowledge, run_id=night.run)
    return {
        "pairs": done.pair_count, "credits": done.credit_count, "read": done.finding_count,
        "written": done.written_count,
    }  # fmt: skip


def _payouts(session: Session, night: Night) -> Counts:
    booked = book_payouts(session, stored_rulebook(session), night.day)
    return {**booked, "written": sum(booked.values())}


def _bookings(session: Session, night: Night) -> Counts:
    found = explain_lines(session, RULES, until=night.day)
    return {**found, "written": found.total()}


def _totals(session: Session, night: Night) -> Counts:
    provider = provider_control(session)
    totals = [
        *bank_totals(control_totals(session, night.day)),
        *([] if provider is None else provider_total(provider)),
        *fund_totals(session, night.day),
    ]
    keep_totals(session, night.run, totals)
    return {"read": len(totals), "off": sum(not each.agrees for each in totals), "written": 0}


def _differences(session: Session, night: Night) -> Counts:
    found = find_differences(session, night.day, totals_of(session, night.run))
    later = session.scalar(text("SELECT EXISTS (SELECT FROM night_run WHERE day > :day)"),
                           {"day": night.day})  # fmt: skip
    written = write_differences(session, found, night.run, closes=not later)
    return {
        "read": len(found), "opened": written.opened, "closed": written.closed,
        "written": written.rows,
    }  # fmt: skip


def _clearing(session: Session, night: Night) -> Counts:
    return {"read": keep_accounts(session, night.run, night.day), "written": 0}


def _channels(session: Session, night: Night) -> Counts:
    changed = refresh_takings(session, night.day) + keep_sums(session)
    return {"read": keep_channels(session, night.run, night.day), "written": changed}


STEPS: tuple[Step, ...] = (
    Step("files", outside=_files),
    Step("provider", outside=_provider),
    Step("expected", _expected),
    Step("matching", _matching),
    Step("payouts", _payouts),
    Step("bookings", _bookings),
    Step("totals", _totals),
    Step("differences", _differences),
    Step("clearing", _clearing),
    Step("channels", _channels),
)
