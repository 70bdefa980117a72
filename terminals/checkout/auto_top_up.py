"""A wallet that fills itself up: what its payer agreed to, changed, paused and ended.

What was agreed to is kept word by word (`auto_consent`), with the version of the text and the
time. When it is done is `auto_running`'s.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.dialects.postgresql import insert as insert_or
from sqlalchemy.orm import Session

from terminals.checkout.people import forget_way, way_of
from terminals.checkout.tables import auto_consent, auto_top_up, online_payment

PAGE = "/portal/automatisch"  # where a payer looks after it


@dataclass(frozen=True, slots=True)
class Plan:
    """Below the threshold the amount is paid, at most the cap in a calendar month of the city."""

    threshold_cents: int
    amount_cents: int
    month_cap_cents: int

    def __post_init__(self) -> None:
        if not (0 <= self.threshold_cents <= 100_000 and 100 <= self.amount_cents <= 100_000):
            raise ValueError("a threshold up to 1,000 euros, and an amount from 1 to 1,000 euros")
        if self.month_cap_cents < self.amount_cents:
            raise ValueError("the cap of a month is not below one amount")


@dataclass(frozen=True, slots=True)
class Auto:
    """How a wallet fills itself up.

    state: "waiting_for_way" (no way to pay is kept yet), "active", "paused" (until a day, or for
    good), "stopped" (after declines), "waiting_for_bank" (which wants to see its customer; paying
    once by hand with `save` goes on), "ended". reason: the provider's word for the newest decline.
    way: "card" or "sepa_debit" with its label ("visa 4242"); None while nothing is kept.
    consented_at, text_version: of the newest agreement.
    """

    wallet: str
    payer: str
    plan: Plan
    state: str
    paused_until: date | None
    reason: str | None
    way: str | None
    label: str | None
    text_version: str
    consented_at: datetime


def auto_of(session: Session, wallet: str) -> Auto | None:
    """How this wallet fills itself up; None where that was never agreed to or has ended."""
    row = session.execute(
        select(auto_top_up).where(auto_top_up.c.wallet == wallet, auto_top_up.c.state != "ended")
    ).one_or_none()
    if row is None:
        return None
    agreed = session.execute(
        select(auto_consent)
        .where(auto_consent.c.wallet == wallet)
        .order_by(auto_consent.c.id.desc())
        .limit(1)
    ).one()
    kept = way_of(session, row.payer)
    return Auto(
        wallet, row.payer, Plan(row.threshold_cents, row.amount_cents, row.month_cap_cents),
        row.state, row.paused_until, row.reason, kept.kind if kept else None,
        kept.label if kept else None, agreed.text_version, agreed.given_at,
    )  # fmt: skip


def set_up(
    session: Session, wallet: str, plan: Plan, *, payer: str, text_version: str, at: datetime
) -> Auto:
    """Agree to it, or anew. Active at once where a way to pay is kept; else it waits until the
    payer pays once with `Wanted.save`."""
    state = "waiting_for_way" if way_of(session, payer) is None else "active"
    values = {
        "payer": payer, **_columns(plan), "state": state, "paused_until": None,
        "decline_count": 0, "reason": None, "changed_at": at,
    }  # fmt: skip
    session.execute(
        insert_or(auto_top_up)
        .values(wallet=wallet, **values)
        .on_conflict_do_update(index_elements=[auto_top_up.c.wallet], set_=values)
    )
    return _agreed(session, wallet, payer, plan, text_version=text_version, at=at)


def change(session: Session, wallet: str, plan: Plan, *, text_version: str, at: datetime) -> Auto:
    """Agree to other figures; whether it runs stays as it was. Raises KeyError."""
    found = _require(session, wallet)
    session.execute(
        update(auto_top_up)
        .where(auto_top_up.c.wallet == wallet)
        .values(**_columns(plan), changed_at=at)
    )
    return _agreed(session, wallet, found.payer, plan, text_version=text_version, at=at)


def pause(session: Session, wallet: str, *, until: date | None, at: datetime) -> Auto:
    """Rest until this day (then it goes on by itself), or for good. What was stopped rests anyway,
    and goes on after a payment by hand alone. Raises KeyError."""
    if (found := _require(session, wallet)).state in ("stopped", "waiting_for_bank"):
        return found
    _set(session, wallet, "paused", at, paused_until=until)
    _call_off_planned(session, wallet, at)
    return _require(session, wallet)


def resume(session: Session, wallet: str, *, at: datetime) -> Auto:
    """Go on, where a way to pay is kept; after declines that takes a payment by hand. Raises
    KeyError."""
    found = _require(session, wallet)
    if found.state == "paused":
        _set(session, wallet, "waiting_for_way" if found.way is None else "active", at)
    return _require(session, wallet)


def end(session: Session, wallet: str, *, at: datetime) -> None:
    """End it and forget the way to pay, at the provider too.

    What is already at the bank takes its way.
    """
    found = auto_of(session, wallet)
    if found is None:
        return
    _set(session, wallet, "ended", at)
    _call_off_planned(session, wallet, at)
    forget_way(session, found.payer, at=at)


def _columns(plan: Plan) -> dict[str, int]:
    return {name: getattr(plan, name) for name in Plan.__dataclass_fields__}


def _agreed(
    session: Session, wallet: str, payer: str, plan: Plan, *, text_version: str, at: datetime
) -> Auto:
    row = {"wallet": wallet, "payer": payer, **_columns(plan), "text_version": text_version}
    session.execute(insert(auto_consent), [row | {"given_at": at}])
    return _require(session, wallet)


def _set(session: Session, wallet: str, state: str, at: datetime, **more: Any) -> None:
    _require(session, wallet)
    values = {"paused_until": None, "state": state, "changed_at": at} | more
    session.execute(update(auto_top_up).where(auto_top_up.c.wallet == wallet).values(values))


def _call_off_planned(session: Session, wallet: str, at: datetime) -> None:
    of = online_payment.c
    session.execute(
        update(online_payment)
        .where(of.subject == wallet, of.kind == "saved", of.state == "begun")
        .values(state="cancelled", reason="called_off", ended_at=at)
    )


def _require(session: Session, wallet: str) -> Auto:
    found = auto_of(session, wallet)
    if found is None:
        raise KeyError(wallet)
    return found
