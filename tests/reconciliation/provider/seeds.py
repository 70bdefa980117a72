"""A month of payouts in every state that the pages know."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import insert

from reconciliation.tables import difference
from tests.reconciliation.provider.stand import Stand

AMOUNTS = (1200, 600, 2000, 10000, 4000, 600, 2000, 4600, 800, 1500)


def seed(stand: Stand) -> None:
    """Payouts by name in `stand.named`: arrived, returned, drawn, dispute, held, waiting."""
    for cents in AMOUNTS[:4]:
        stand.paid(cents)
    arrived = stand.named["arrived"] = stand.pays_out()
    stand.night()
    stand.bank_says(stand.amount(arrived), end_to_end_id=stand.trace(arrived))
    stand.shop.wait(hours=24)
    stand.paid(2500)
    returned = stand.named["returned"] = stand.payout()
    stand.night()
    stand.shop.stripe.online.end_payout(returned, is_paid=False)
    stand.paid(1000)
    again = stand.named["again"] = stand.pays_out()
    stand.night()
    stand.bank_says(stand.amount(again), on=stand.payouts()[again].arrives_on)
    stand.shop.wait(hours=24)
    _drawn(stand)
    stand.shop.wait(hours=24)
    _disputed(stand)
    stand.shop.wait(hours=24)
    stand.paid(3300)
    held = stand.named["held"] = stand.pays_out()
    line = next(each for each in stand.moves_of(held) if each["type"] == "charge")
    stand.breaks(line["id"], net=line["net"] - 150, amount=line["amount"] - 150)
    stand.night()
    stand.shop.wait(hours=24)
    stand.paid(900)
    stand.named["waiting"] = stand.payout()
    stand.night()


def _drawn(stand: Stand) -> None:
    payment = stand.paid(700)
    early = stand.named["early"] = stand.pays_out()
    stand.shop.stripe.online.refund_elsewhere(stand.intent(payment), 700)
    stand.shop.settle(payment)
    drawn = stand.named["drawn"] = stand.pays_out()
    stand.night()
    stand.bank_says(stand.amount(early), end_to_end_id=stand.trace(early))
    stand.bank_says(-700, end_to_end_id=stand.trace(drawn))


def _disputed(stand: Stand) -> None:
    payments = [stand.paid(cents) for cents in AMOUNTS]
    stand.at_reader(1790, terminal="M04-1")
    stand.shop.stripe.online.refund_elsewhere(stand.intent(payments[0]), 1200)
    stand.shop.settle(payments[0])
    stand.shop.stripe.online.dispute(stand.intent(payments[4]))
    stand.shop.settle(payments[4])
    stand.moves("stripe_fee", "fee", -240)
    disputed = stand.named["dispute"] = stand.pays_out()
    stand.night()
    stand.bank_says(stand.amount(disputed), end_to_end_id=stand.trace(disputed))
    stand.book()
    [taken] = [row for row in stand.lines() if row.record_type == "chargeback"]
    a_case(
        stand, "CHARGEBACK", taken.txn_id, taken.net_cents, since=taken.happened_at.date(),
        proposal={
            "event": "dispute_opened",
            "amounts": {"amount": -taken.gross_cents, "fee": taken.fee_cents}, "roles": {},
            "reference": taken.txn_id, "reasons": [],
        },
        explanation=(
            "Kartenzahlung 40,00 € wird bestritten. Stripe zieht den Betrag und 20,00 €"
            " Entgelt ab. Antwort bis Mi 25.11."
        ),
    )  # fmt: skip


def a_case(stand: Stand, kind: str, txn: str, cents: int, *, since: date, **values: Any) -> None:
    """A difference as a night would find it."""
    row = {
        "id": f"{kind}:{txn}", "kind": kind, "subject": txn, "amount_cents": cents,
        "since": since - timedelta(days=0), "data": {}, "channel": "stripe",
        "provider_codes": [txn], "severity": "break",
    }  # fmt: skip
    with stand.database.transaction() as session:
        session.execute(insert(difference).values(row | values))
