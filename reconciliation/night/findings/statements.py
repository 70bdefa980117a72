"""What the statements themselves say: balances that differ, and statements that are missing."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta

from sqlalchemy import text
from sqlalchemy.orm import Session

from reconciliation.differences import Difference
from reconciliation.german import euros, german_day
from reconciliation.inbox import Missing
from reconciliation.inbox.words import missing_words
from reconciliation.night.findings.superseded import corrected_cents
from reconciliation.night.rules.open_lines import OPEN_LINES
from reconciliation.night.totals import Total

_CHANNELS = {"bank": "bank", "provider": "stripe", "wallets": "transfer", "passes": "cash"}
_SAYS = {"bank": "Die Bank meldet", "provider": "Der Anbieter meldet",
         "wallets": "Die einzelnen Guthaben ergeben",
         "passes": "Die einzelnen Karten ergeben"}  # fmt: skip


def find(
    session: Session, totals: Iterable[Total], absent: Sequence[Missing]
) -> Iterator[Difference]:
    """Control totals that differ, and statements and files that should be here and are not."""
    for total in totals:
        cents = total.other_cents - total.ledger_cents - _has_own_case(session, total)
        if cents:
            yield _total_difference(total, cents)
    for each in absent:
        yield Difference(
            each.kind, each.anchor, each.gap_cents or 0, each.since,
            {"series": each.series, "before": each.before, "after": each.after},
            channel="files", place=f"Konto {each.account}", reference=each.anchor,
            expected_cents=each.closing_cents, confirmed_cents=each.opening_cents,
            explanation=missing_words(each),
        )  # fmt: skip


def known_until(session: Session, account: str, day: date, absent: Sequence[Missing]) -> date:
    """The last day up to `day` that this bank account's statements cover without a gap.

    absent: what is missing at the end of `day`. `day` itself where there never was a statement:
    then nothing is awaited from one.
    """
    last = session.execute(
        text("SELECT max(closing_on) FROM bank_statement WHERE account = :account"),
        {"account": account},
    ).scalar()
    gaps = [
        each.since - timedelta(days=1)
        for each in absent
        if each.kind == "STATEMENT_MISSING" and each.account == account
    ]
    return min(each for each in (last, day, *gaps) if each is not None)


_OPEN = (
    f"SELECT coalesce(sum(o.amount_cents), 0)::bigint FROM ({OPEN_LINES}) o WHERE o.bank = :bank"
)


def _has_own_case(session: Session, total: Total) -> int:
    """What of a bank's total is not booked, or wrongly, because of lines with their own cases."""
    if total.name != "bank" or total.agrees:
        return 0
    values = {"until": total.as_of, "bank": total.account}
    corrected = corrected_cents(session, total.account, total.as_of)
    return int(session.execute(text(_OPEN), values).scalar_one()) + corrected


def _total_difference(total: Total, cents: int) -> Difference:
    return Difference(
        "CONTROL_TOTAL", total.account, cents, total.as_of,
        {f"{total.name}_cents": total.other_cents, "ledger_cents": total.ledger_cents},
        channel=_CHANNELS[total.name], place=f"Konto {total.account}", reference=total.account,
        expected_cents=total.ledger_cents, confirmed_cents=total.other_cents,
        explanation=(
            f"{_SAYS[total.name]} {euros(total.other_cents)} zum {german_day(total.as_of)}, in"
            f" den Büchern stehen {euros(total.ledger_cents)}."
        ),
    )  # fmt: skip
