"""Makes a month: day by day, so that a million payments need no more memory than a few days."""

import json
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from random import Random

from tests.reconciliation.made_city.bank_side import Bank, open_days, pay_bills, write_statements
from tests.reconciliation.made_city.batches import Batches
from tests.reconciliation.made_city.cash_side import CashSide
from tests.reconciliation.made_city.claims_side import ClaimsSide, credits_of_nobody
from tests.reconciliation.made_city.clock import DAY, instant
from tests.reconciliation.made_city.closes import Closes
from tests.reconciliation.made_city.context import Month
from tests.reconciliation.made_city.layout import make_city
from tests.reconciliation.made_city.online_side import OnlineSide
from tests.reconciliation.made_city.payouts import Payout
from tests.reconciliation.made_city.plan import CASH, PAYOUTS, TRANSFERS, Plan, make_plan
from tests.reconciliation.made_city.rows import PSP, Ledger, Line, Part, put_together
from tests.reconciliation.made_city.sales import Charge, charges_of, identify, lay_faults
from tests.reconciliation.made_city.settling import Settling, hidden_days
from tests.reconciliation.made_city.terminal_side import TerminalSide
from tests.reconciliation.made_city.truth import Truth


@dataclass(slots=True)
class Sides:
    """All that write."""

    month: Month
    plan: Plan
    terminals: TerminalSide
    online: OnlineSide
    cash: CashSide
    claims: ClaimsSide
    bank: Bank


def make_month(
    folder: Path, *, seed: int, start: date, days: int = 31, n: int = 1000, faults: float = 0.002
) -> dict[str, int]:
    """Write ledger.csv, psp.csv, bank.csv, manifest.json and truth.csv; cases by class.

    `n` payments by card and online (refunds, cash and invoices come on top); `faults`: about the
    share that goes wrong, 0 for none. The same arguments make the same bytes.
    """
    folder.mkdir(parents=True, exist_ok=True)
    rng = Random(f"{seed} {start} {days} {n}")
    month = Month(
        rng, make_city(rng, n), Ledger(folder / "ledger.csv"), Truth(folder), start,
        start + (days - 1) * DAY, instant(start + days * DAY, 0), set(),
    )  # fmt: skip
    plan = make_plan(rng, days=days, n=n, faults=faults)
    month.missing, overlaps = hidden_days(rng, open_days(start, month.last), plan.counts)
    parts = [Part(folder / f"{name}.part") for name in ("acquirer", "stripe", "zvt")]
    payouts: list[Payout] = []
    sides = _sides(month, plan, parts, payouts)
    _live(sides, days, n)
    _pay_out(sides, payouts)
    pay_bills(sides.bank, open_days(start, month.last))
    rows = {"bank_rows": write_statements(sides.bank, folder / "bank.csv", overlaps)}
    sides.bank.tell_matches()
    month.ledger.close()
    rows |= {
        "ledger_rows": month.ledger.written,
        "psp_rows": put_together(folder / "psp.csv", PSP, parts, letter="P"),
    }
    counts = month.truth.write()
    told = {"seed": seed, "n": n, "faults": str(faults), "start": start.isoformat(), "days": days}
    _write_manifest(folder, month, {**told, **rows, "counts": counts})
    return counts


def _sides(month: Month, plan: Plan, parts: list[Part], payouts: list[Payout]) -> Sides:
    bank = Bank(month)
    batches, closes = Batches(month, parts[0], payouts), Closes(month, parts[2])
    return Sides(
        month, plan, TerminalSide(month, batches, closes), OnlineSide(month, parts[1]),
        CashSide(month, bank, dict.fromkeys(CASH, 0)),
        ClaimsSide(month, bank, dict.fromkeys(TRANSFERS, 0)), bank,
    )  # fmt: skip


def _live(sides: Sides, days: int, n: int) -> None:
    """All days, one after the other; a day is closed when the next one is over."""
    month = sides.month
    all_days = [month.start + at * DAY for at in range(days)]
    weights = [1.0 if day.weekday() < 5 else 0.42 for day in all_days]
    charges = Counter(month.rng.choices(range(days), weights, k=n))
    sales = Counter(month.rng.choices(range(days), weights, k=max(3, n * 6 // 100)))
    asked = max(3, n * 4 // 100, 3 * sum(map(len, sides.plan.others.values())))
    invoices = Counter(month.rng.choices(range(days), weights, k=asked))
    left: list[str] = []
    for at, day in enumerate(all_days):
        made = charges_of(month.rng, month.city, day, charges[at])
        left = lay_faults(month.rng, made, left + sides.plan.by_day[at], day)
        if days - at < 4:  # too late for those who need days to show
            left = []
        _sell(sides, made)
        for name in sides.plan.others[at]:
            (sides.cash if name in CASH else sides.claims).wanted[name] += 1
        sides.cash.day(day, sales[at])
        sides.claims.day(day, invoices[at])
        month.ledger.flush(instant(day + DAY, 0))
        sides.online.settle_pairs()
        _close(sides, at)
    _close(sides, days)
    sides.terminals.closes.end()
    sides.claims.end()


def _sell(sides: Sides, charges: list[Charge]) -> None:
    for charge in sorted(charges, key=lambda charge: charge.at):
        if not charge.terminal:
            identify(sides.month.rng, charge)
            sides.online.take(charge)
            continue
        tally = sides.terminals.tally_of(charge)
        if charge.fault != "UNKNOWN_TERMINAL":
            identify(sides.month.rng, charge)
        else:
            charge.scheme = "girocard"
        sides.terminals.take(charge, tally)


def _close(sides: Sides, at: int) -> None:
    """Close the day before the `at`-th: every terminal of it has closed by now."""
    day = sides.month.start + (at - 1) * DAY
    plan, sold = sides.plan, sides.terminals
    plan.batches[at + 1] += sold.batches.close(day, plan.batches[at])
    plan.closes[at + 1] += sold.closes.close(day, plan.closes[at])


def _pay_out(sides: Sides, payouts: list[Payout]) -> None:
    """Stripe's transfers become payouts; then everything goes to the bank."""
    month, part = sides.month, sides.online.part
    for key in sorted(sides.online.transfers):
        each = sides.online.transfers[key]
        if each.settle <= month.last and each.net:
            scarce = month.city.scarce_references and month.rng.random() < 0.1
            trace = "" if scarce else each.trace
            part.write(Line(
                file=f"stripe-{each.account}-{each.settle}", source="stripe", record="payout",
                account=each.account, txn=each.id, gross=-each.net, batch=each.id,
                created=datetime.combine(each.settle, time(0, 10), UTC),
                settle=each.settle.isoformat(), items=each.items, trace_id=trace,
            ).cells())  # fmt: skip
            each.trace = trace
        payouts.append(Payout(
            each.id, "stripe", each.account, each.office, each.settle, each.settle, each.net, 0,
            each.net, each.trace, waiting=each.waiting,
        ))  # fmt: skip
    wanted = {name: sides.plan.counts.get(name, 0) for name in PAYOUTS}
    Settling(sides.bank, month.rng).settle(payouts, wanted)
    days = open_days(month.start, month.last)
    credits_of_nobody(sides.bank, days, sides.plan.counts.get("UNKNOWN_CREDIT", 0))


def _write_manifest(folder: Path, month: Month, told: dict[str, object]) -> None:
    manifest = {
        **told,
        "as_of_utc": f"{month.last + DAY}T06:00:00Z",
        "tz": "Europe/Berlin",
        "tariff": {**month.city.tariff, "dispute_fee_cents": month.city.dispute_fee},
        "registered_terminals": [each.id for each in month.city.terminals],
    }
    text = json.dumps(manifest, indent=1)
    (folder / "manifest.json").write_text(text + "\n", encoding="utf-8")
