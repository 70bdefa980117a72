"""How a payer's account stands, for the first page: balance, money on its way, what waits."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, func, select
from sqlalchemy.orm import Session, aliased

from ledger.calendar import business_day
from ledger.permissions import Caller
from ledger.tables.books import account, guard
from ledger.tables.families import payer_case
from ledger.tables.services import child, subsidy, wallet
from terminals.checkout.tables import auto_top_up, online_payment
from terminals.portal.tables import payer

ANSWERED = ("granted", "partly", "refused")
ANSWER_SHOWN = timedelta(days=7)
REMINDED = timedelta(weeks=6)  # before a subsidy ends


@dataclass(frozen=True, slots=True)
class Standing:
    """What one statement finds.

    coming_cents: submitted and not on the wallet yet. last_cents, last_way: of the newest top-up
    that was paid online; None before the first. auto: the state of topping up automatically;
    None where that was never agreed to. answered_case: one that was answered these days.
    reminded_child: whose subsidy ends soon, with nothing after it; told on its page alone.
    """

    balance_cents: int
    low_mark_cents: int
    dismissed: tuple[str, ...]
    auto: str | None
    auto_paused_until: date | None
    coming_cents: int
    last_cents: int | None
    last_way: str | None
    answered_case: UUID | None
    reminded_child: str | None


def standing_of(session: Session, caller: Caller, *, at: datetime) -> Standing:
    """How the account of the payer who is signed in stands at `at`."""
    row = session.execute(_standing(caller.name, caller.wallet or "", at)).one()
    return Standing(
        row.posted, row.low_mark_cents, tuple(row.dismissed), row.auto, row.paused_until,
        int(row.coming), row.last_cents, row.last_way, row.answered, row.reminded,
    )  # fmt: skip


def _standing(name: str, code: str, at: datetime) -> Select[Any]:
    last = _top_ups(code).where(online_payment.c.state == "paid")
    last = last.order_by(online_payment.c.begun_at.desc()).limit(1)
    coming = _top_ups(code).where(
        online_payment.c.state == "processing", online_payment.c.credited_at.is_(None)
    )
    return (
        select(
            payer.c.low_mark_cents, payer.c.dismissed, guard.c.posted,
            auto_top_up.c.state.label("auto"), auto_top_up.c.paused_until,
            coming.with_only_columns(func.coalesce(func.sum(online_payment.c.amount_cents), 0))
            .scalar_subquery().label("coming"),
            last.with_only_columns(online_payment.c.amount_cents)
            .scalar_subquery().label("last_cents"),
            last.with_only_columns(online_payment.c.way).scalar_subquery().label("last_way"),
            _answered(code, at).scalar_subquery().label("answered"),
            _reminded(code, business_day(at)).scalar_subquery().label("reminded"),
        )
        .join(wallet, wallet.c.code == payer.c.wallet)
        .join(account, account.c.code == wallet.c.account)
        .join(guard, guard.c.account_id == account.c.id)
        .outerjoin(auto_top_up, and_(auto_top_up.c.wallet == wallet.c.code,
                                     auto_top_up.c.state != "ended"))
        .where(payer.c.code == name)
    )  # fmt: skip


def _top_ups(code: str) -> Select[Any]:
    return select(online_payment.c.id).where(
        online_payment.c.purpose == "top_up", online_payment.c.subject == code
    )


def _answered(code: str, at: datetime) -> Select[Any]:
    return (
        select(payer_case.c.id)
        .where(
            payer_case.c.wallet == code,
            payer_case.c.state.in_(ANSWERED),
            payer_case.c.changed_at > at - ANSWER_SHOWN,
        )
        .order_by(payer_case.c.changed_at.desc())
        .limit(1)
    )


def _reminded(code: str, today: date) -> Select[Any]:
    later = aliased(subsidy)
    goes_on = (
        select(later.c.child)
        .where(later.c.child == subsidy.c.child, later.c.valid_from > subsidy.c.valid_from)
        .correlate(subsidy)
        .exists()
    )
    return (
        select(child.c.code)
        .join(subsidy, subsidy.c.child == child.c.number)
        .where(
            child.c.wallet == code,
            subsidy.c.valid_until.between(today, today + REMINDED),
            ~goes_on,
        )
        .order_by(child.c.number)
        .limit(1)
    )
