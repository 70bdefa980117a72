"""Cash: sales against counts, and safebags against what the bank credits."""

from datetime import date, timedelta

from ledger.calendar import add_bank_days, is_bank_day
from reconciliation.engine.bank import Credit
from reconciliation.engine.claims import Claim, OpenClaims
from reconciliation.engine.context import Run
from reconciliation.engine.findings import Finding
from reconciliation.engine.words import day, euro

_COUNTS = """
SELECT till, business_day, min(office) AS office,
       sum(amount_cents) FILTER (WHERE kind = 'cash_count')::bigint AS counted,
       coalesce(sum(amount_cents) FILTER (WHERE kind <> 'cash_count'), 0)::bigint AS sold,
       array_agg(code ORDER BY code) FILTER (WHERE kind = 'cash_count') AS codes
  FROM expected_item
 WHERE channel = 'cash' AND kind IN ('cash_sale', 'cash_count', 'refund', 'reversal')
 GROUP BY till, business_day
HAVING sum(amount_cents) FILTER (WHERE kind = 'cash_count')
       <> coalesce(sum(amount_cents) FILTER (WHERE kind <> 'cash_count'), 0)
 ORDER BY till, business_day
"""


def find_cash_differences(run: Run) -> None:
    """Tills whose count of a day is not what was sold; a day without a count waits for it."""
    for row in run.rows(_COUNTS):
        over = row.counted - row.sold
        kind, what = ("CASH_OVER", "zu viel") if over > 0 else ("CASH_SHORT", "zu wenig")
        words = (
            f"Kasse {row.till} am {day(row.business_day)}: gezählt {euro(row.counted)}, "
            f"verkauft {euro(row.sold)}, also {euro(abs(over))} {what}."
        )
        run.found.append(
            Finding(
                kind,
                f"{row.till}/{row.business_day.isoformat()}",
                row.business_day,
                words,
                expected_cents=row.sold,
                confirmed_cents=row.counted,
                expected=tuple(row.codes),
                channel="cash",
                place=row.till,
                reference=row.till,
            )
        )  # fmt: skip


def find_deposit_differences(
    run: Run, opened: OpenClaims, credits: dict[int, Credit], gaps: frozenset[date]
) -> list[Claim]:
    """Safebags with another amount or none; returns those a missing statement may hold.

    Entries that name a bag are taken out of `credits`.
    """
    waiting = []
    for bag in (claim for claim in opened.claims.values() if claim.kind == "cash_deposit"):
        named = [each for each in opened.named_by.get(bag.id, ()) if each.id in credits]
        latest = add_bank_days(bag.day, run.knowledge.deposit_bank_days)
        if named:
            run.found.append(_differs(bag, named))
            for credit in named:
                del credits[credit.id]
        elif gaps.intersection(_days(bag.day, latest)):
            waiting.append(bag)
        elif latest < run.today:
            words = (
                f"Safebag {bag.ref} mit {euro(bag.cents)} vom {day(bag.day)} "
                f"ist bis {day(latest)} nicht gutgeschrieben."
            )
            run.found.append(_finding("DEPOSIT_MISSING", bag, (), words))
        else:
            words = f"Safebag {bag.ref} mit {euro(bag.cents)} ist unterwegs bis {day(latest)}."
            run.found.append(_finding("IN_TRANSIT", bag, (), words))
    return waiting


def _days(after: date, until: date) -> list[date]:
    days = (after + timedelta(days=n) for n in range(1, (until - after).days + 1))
    return [each for each in days if is_bank_day(each)]


def _differs(bag: Claim, named: list[Credit]) -> Finding:
    came = sum(credit.cents for credit in named)
    words = (
        f"Safebag {bag.ref}: eingeliefert {euro(bag.cents)}, "
        f"gutgeschrieben {euro(came)} ({euro(came - bag.cents)})."
    )
    return _finding("DEPOSIT_DIFF", bag, tuple(named), words)


def _finding(kind: str, bag: Claim, credits: tuple[Credit, ...], words: str) -> Finding:
    return Finding(
        kind, bag.code, bag.day, words, expected_cents=bag.cents,
        confirmed_cents=sum(credit.cents for credit in credits), expected=(bag.code,),
        bank=tuple(credit.code for credit in credits), channel="cash", place=bag.till,
        reference=bag.ref, tier=1,
    )  # fmt: skip
