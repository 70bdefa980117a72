"""Safebags that the bank counted with another amount: proposed for a person, never booked alone."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from reconciliation.differences import Difference
from reconciliation.german import euros
from reconciliation.night.rules.open_lines import OPEN_CREDITS
from reconciliation.night.rules.safebag import OPEN_BAGS, SAFEBAGS

# Lines that name a bag of ours over another amount; each line and each bag once.
COUNTED_DIFFERENTLY = f"""
    SELECT * FROM (
        SELECT o.id, o.booked_on, o.amount_cents, bag.reference AS bag, bag.till, bag.facility,
               bag.amount_cents AS bag_cents, count(*) OVER (PARTITION BY o.id) AS for_line,
               count(*) OVER (PARTITION BY bag.reference) AS for_bag
          FROM ({OPEN_CREDITS}) o JOIN ({OPEN_BAGS}) bag ON bag.amount_cents <> o.amount_cents
           AND o.booked_on >= bag.booked_on
           AND o.remittance ~ ('\\m' || bag.reference || '\\M')) named
     WHERE for_line = 1 AND for_bag = 1"""


def counted_differently(session: Session, day: date) -> Iterator[Difference]:
    """One case for each such line, with the posting a person may accept (rule 37)."""
    for row in session.execute(text(f"{COUNTED_DIFFERENTLY} ORDER BY id"), {"until": day}):
        yield _difference(row)


def _difference(row: Row[Any]) -> Difference:
    wrong = row.amount_cents - row.bag_cents
    word = "weniger" if wrong < 0 else "mehr"
    return Difference(
        "DEPOSIT_DIFF", row.bag, wrong, row.booked_on, channel="cash",
        place=row.till or row.facility, reference=row.bag, account=SAFEBAGS,
        expected_cents=row.bag_cents, confirmed_cents=row.amount_cents, bank_codes=(str(row.id),),
        tier=1, proposal=_proposal(row, wrong),
        explanation=(
            f"In Safebag {row.bag} waren laut Kasse {euros(row.bag_cents)}, die Bank hat"
            f" {euros(row.amount_cents)} gezählt: {euros(abs(wrong))} {word}."
        ),
    )  # fmt: skip


def _proposal(row: Row[Any], wrong: int) -> dict[str, Any]:
    event = "cash_counted_short" if wrong < 0 else "cash_counted_over"
    amounts = {"counted": row.amount_cents, "missing": -wrong}
    if wrong > 0:
        amounts = {"expected": row.bag_cents, "surplus": wrong}
    return {
        "event": event, "amounts": amounts, "roles": {"safebag": SAFEBAGS}, "reference": row.bag,
        "reasons": [
            {"fits": True, "words": f"Nummer {row.bag} steht im Verwendungszweck."},
            {"fits": False, "words": f"Betrag weicht um {euros(abs(wrong))} ab."},
        ],
    }  # fmt: skip
