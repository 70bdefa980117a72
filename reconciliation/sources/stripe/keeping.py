"""Writing what the provider said: a record once, and again only where it has changed."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, insert, or_, select, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session

from reconciliation.sources.stripe.calls import Json
from reconciliation.sources.stripe.check import Checked
from reconciliation.sources.stripe.records import Record, moment, trace_of
from reconciliation.sources.stripe.tables import payout as payouts
from reconciliation.sources.stripe.tables import provider_balance, provider_window

SOURCE = "stripe"


@dataclass(frozen=True, slots=True)
class Kept:
    """Rows that were written: records nobody knew, and new versions of known ones."""

    new: int = 0
    changed: int = 0

    def __add__(self, other: "Kept") -> "Kept":
        return Kept(self.new + other.new, self.changed + other.changed)


@dataclass(frozen=True, slots=True)
class ProviderBalance:
    """What the provider held for us when it was asked: free to be paid out, and not yet."""

    available_cents: int
    pending_cents: int
    currency: str
    read_at: datetime

    @property
    def cents(self) -> int:
        """All of it."""
        return self.available_cents + self.pending_cents


def keep_records(session: Session, account: str, records: Iterable[Record]) -> Kept:
    """Write the records that are new or have changed since their newest version.

    A record whose payout is known keeps it, whoever brings the record again without it.
    """
    by_id = {each.txn_id: each for each in records}
    if not by_id:
        return Kept()
    rows = [_plain(each) for _, each in sorted(by_id.items())]
    versions = session.scalars(_KEEP, {"rows": rows, "source": SOURCE, "account": account}).all()
    new = sum(version == 1 for version in versions)
    return Kept(new, len(versions) - new)


def keep_payout(session: Session, account: str, payout: Json, checked: Checked | None) -> bool:
    """Write down a payout as it is now; whether that was news. checked: None leaves the sums as
    they are."""
    row = _payout_row(account, payout) | (asdict(checked) if checked is not None else {})
    made = postgresql.insert(payouts).values(row)
    news = {
        name: made.excluded[name]
        for name in row
        if name not in ("id", "source", "account", "made_at", "currency")
    }
    is_news = [payouts.c[name].is_distinct_from(value) for name, value in news.items()]
    written = session.scalar(
        made.on_conflict_do_update(
            index_elements=[payouts.c.id],
            set_=news | {"read_at": text("clock_timestamp()")},
            where=or_(*is_news),
        ).returning(payouts.c.id)
    )
    return written is not None


def unfinished_payouts(session: Session) -> list[str]:
    """Payouts that may yet change: neither arrived nor failed, without their lines, or with
    lines that do not add up."""
    of = payouts.c
    is_running = of.state.in_(("pending", "in_transit"))
    is_unread = of.is_automatic & of.line_count.is_(None) & (of.state == "paid")
    unfinished = or_(is_running, is_unread, of.problem.is_not(None))
    return list(session.scalars(select(of.id).where(unfinished).order_by(of.id)))


def checked_payouts(session: Session, ids: Sequence[str]) -> dict[str, int]:
    """How many lines each has of those payouts whose lines were read and found exact."""
    of = payouts.c
    is_exact = of.line_count.is_not(None) & of.problem.is_(None)
    rows = session.execute(select(of.id, of.line_count).where(of.id.in_(ids), is_exact))
    return {row.id: row.line_count for row in rows}


def read_until(session: Session, account: str) -> datetime | None:
    """Up to when every movement has been read; None before the first time."""
    of = provider_window.c
    last: datetime | None = session.scalar(
        select(of.until)
        .where(of.source == SOURCE, of.account == account)
        .order_by(of.until.desc())
        .limit(1)
    )
    return last


def keep_window(
    session: Session, account: str, since: datetime, *, until: datetime, kept: Kept
) -> None:
    """Write down that everything made in this time has been read."""
    row = {
        "source": SOURCE, "account": account, "since": since, "until": until,
        "line_count": kept.new, "changed_count": kept.changed,
    }  # fmt: skip
    session.execute(insert(provider_window), [row])


def keep_balance(session: Session, account: str, balance: ProviderBalance) -> None:
    """Write down what the provider held for us."""
    row = asdict(balance) | {"source": SOURCE, "account": account}
    session.execute(insert(provider_balance), [row])


def last_balance(session: Session) -> ProviderBalance | None:
    """What the provider said last; None before it was ever asked."""
    of = provider_balance.c
    columns = [of[name] for name in ProviderBalance.__dataclass_fields__]
    newest = select(*columns).where(of.source == SOURCE).order_by(of.read_at.desc(), of.id.desc())
    row = session.execute(newest.limit(1)).one_or_none()
    return None if row is None else ProviderBalance(*row)


def _plain(record: Record) -> dict[str, Any]:
    """The record as JSON can hold it."""
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in asdict(record).items()
    }


def _payout_row(account: str, payout: Json) -> dict[str, Any]:
    return {
        "id": payout["id"], "source": SOURCE, "account": account,
        "amount_cents": int(payout["amount"]), "currency": str(payout["currency"]).upper(),
        "made_at": moment(payout["created"]), "arrives_on": moment(payout["arrival_date"]).date(),
        "state": str(payout["status"]), "is_automatic": bool(payout["automatic"]),
        "is_complete": payout.get("reconciliation_status") == "completed",
        "trace_id": trace_of(payout), "descriptor": payout.get("statement_descriptor"),
        "failure": payout.get("failure_code"),
    }  # fmt: skip


_COLUMNS = (
    "record_type", "psp_ref", "order_ref", "terminal", "auth_code", "scheme", "card_region",
    "happened_at", "gross_cents", "auth_cents", "fee_cents", "net_cents", "currency", "item_count",
    "trace_id",
)  # fmt: skip


def _listed(alias: str) -> str:
    return ", ".join(f"{alias}.{name}" for name in _COLUMNS)


_KEEP = text(f"""
    INSERT INTO provider_line (file_code, file_version, delivery, source, account, txn_id, batch,
                               settle_on, {", ".join(_COLUMNS)})
    SELECT concat_ws('-', :source, :account, n.txn_id), coalesce(o.file_version, 0) + 1, 0,
           :source, :account, n.txn_id, m.batch, m.settle_on, {_listed("n")}
      FROM jsonb_to_recordset(:rows) AS n (
           record_type text, txn_id text, psp_ref text, order_ref text, terminal text,
           auth_code text, scheme text, card_region text, happened_at timestamptz,
           gross_cents bigint, auth_cents bigint, fee_cents bigint, net_cents bigint,
           currency char(3), batch text, settle_on date, item_count int, trace_id text)
      LEFT JOIN LATERAL (
           SELECT * FROM provider_line l
            WHERE l.delivery = 0 AND l.source = :source AND l.account = :account
              AND l.txn_id = n.txn_id
            ORDER BY l.file_version DESC LIMIT 1) o ON true
     CROSS JOIN LATERAL (
           SELECT coalesce(n.batch, o.batch) AS batch,
                  CASE WHEN n.batch IS NULL AND o.batch IS NOT NULL THEN o.settle_on
                       ELSE n.settle_on END AS settle_on) m
     WHERE o.id IS NULL
        OR ({_listed("n")}, m.batch, m.settle_on)
           IS DISTINCT FROM ({_listed("o")}, o.batch, o.settle_on)
     ORDER BY n.txn_id
    RETURNING file_version""").bindparams(
    # The driver must not take a list of objects for an array.
    bindparam("rows", type_=postgresql.JSONB)
)
