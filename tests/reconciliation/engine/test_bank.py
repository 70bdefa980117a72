"""What the bank says against payouts, safebags and claims."""

from datetime import date, datetime, timedelta

from sqlalchemy import text

from tests.reconciliation.engine.stand import (
    ACCOUNT,
    CARDS,
    DAY,
    GIROCARD,
    NOON,
    Stand,
    entry,
)

NEXT = DAY + timedelta(days=1)
GIROCARD_WORDS = "GIROCARD UMSATZ NETZBETREIB ER-NR 4711471147 KASSENSCHNITT 18.03.2026"


def a_girocard_day(stand: Stand, cents: int = 1000) -> str:
    """A payment, its line, its batch: the bank is to pay on the next day."""
    stand.at_terminal(cents)
    stand.card(cents)
    stand.close(1, cents, 17, 17)
    return stand.batch(cents)


def test_a_batch_is_known_by_account_and_day_wherever_the_bank_breaks_its_text(
    stand: Stand,
) -> None:
    a_girocard_day(stand)
    stand.statement(NEXT, entry(1000, GIROCARD_WORDS))
    assert stand.kinds() == []


def test_the_digits_of_a_date_are_not_taken_for_a_batch(stand: Stand) -> None:
    """In 4711471147|26112026 stands the batch of the 20th, 4711471147261120."""
    stand.as_of = datetime(2026, 11, 30, 6, 0, tzinfo=NOON.tzinfo)
    for n, number in enumerate((19, 26)):
        at = NOON.replace(month=11, day=number)
        stand.at_terminal(receipt=17 + n, at=at)
        stand.card(receipt=17 + n, at=at, batch="4711471147261120" if n == 0 else None)
        stand.close(1, 1000, 17 + n, 17 + n, at=at.replace(hour=20, tzinfo=None))
    first, second = date(2026, 11, 20), date(2026, 11, 26)
    stand.batch(1000, first, settle_on=date(2026, 11, 26))
    stand.batch(1000, second)
    stand.statement(date(2026, 11, 26))
    words = "KASSENSCHNITT {} NETZBETREIBER-NR 4711471147"
    paid = [entry(1000, words.format("26.11.2026"), ref="B2")]
    stand.statement(date(2026, 11, 27), entry(1000, words.format("20.11.2026"), ref="B1"), *paid)
    stand.run()
    rows = stand.session.execute(
        text("""SELECT p.txn_id, l.bank_reference FROM credit_match m
                  JOIN provider_line p ON p.id = m.provider_id
                  JOIN bank_line l ON l.id = m.bank_line_id ORDER BY 1""")
    )
    assert [row.bank_reference for row in rows] == ["B1", "B2"]


def test_a_payout_is_known_by_its_trace_id(stand: Stand) -> None:
    stand.online()
    stand.stripe()
    stand.payout(960, trace_id="198046918689")
    stand.statement(DAY, entry(960, "STRIPE", end_to_end_id="198046918689"))
    stand.statement(NEXT)
    assert stand.kinds() == []


def test_a_payout_whose_lines_say_otherwise_is_between_the_provider_and_itself(
    stand: Stand,
) -> None:
    stand.at_terminal()
    stand.card()
    stand.close(1, 1000, 17, 17)
    stand.batch(850)
    stand.statement(NEXT, entry(850, GIROCARD_WORDS))
    assert stand.kinds() == ["PAYOUT_SUM_MISMATCH"]


def test_another_amount_than_announced_is_named(stand: Stand) -> None:
    a_girocard_day(stand)
    stand.statement(NEXT, entry(500, GIROCARD_WORDS))
    assert stand.kinds() == ["PAYOUT_AMOUNT_DIFF"]


def test_before_it_is_due_nothing_is_missing(stand: Stand) -> None:
    code = a_girocard_day(stand)
    stand.as_of = NOON
    assert stand.kinds() == ["IN_TRANSIT"]
    assert stand.found()["IN_TRANSIT"].provider_codes == [code]
    assert stand.found()["IN_TRANSIT"].severity == "timing"


def test_two_bank_days_after_it_was_due_a_payout_is_missing(stand: Stand) -> None:
    a_girocard_day(stand)
    stand.as_of = NOON + timedelta(days=6)  # due on Thursday; now it is Tuesday
    for day in (NEXT, DAY + timedelta(days=2), DAY + timedelta(days=5)):
        stand.statement(day)
    assert stand.kinds() == ["PAYOUT_MISSING_AT_BANK"]


def test_easter_is_no_delay(stand: Stand) -> None:
    # Maundy Thursday 2026: the next bank days are 7, 8 and 9 April.
    day = date(2026, 4, 2)
    at = datetime(2026, 4, 2, 10, 0, tzinfo=NOON.tzinfo)
    stand.at_terminal(at=at)
    stand.card(at=at)
    stand.batch(1000, day, settle_on=date(2026, 4, 7))
    for when in (day, date(2026, 4, 7), date(2026, 4, 8)):
        stand.statement(when)
    stand.as_of = datetime(2026, 4, 9, 6, 0, tzinfo=NOON.tzinfo)
    assert stand.kinds() == ["IN_TRANSIT"]


def test_a_payout_that_came_long_after_its_day_is_late(stand: Stand) -> None:
    a_girocard_day(stand)
    stand.as_of = NOON + timedelta(days=8)
    for day in (NEXT, DAY + timedelta(days=2), DAY + timedelta(days=5), DAY + timedelta(days=6)):
        stand.statement(day)
    stand.statement(DAY + timedelta(days=7), entry(1000, GIROCARD_WORDS))
    assert stand.kinds() == ["PAYOUT_LATE"]


def test_a_payout_taken_back_by_the_bank_is_returned(stand: Stand) -> None:
    a_girocard_day(stand)
    back = {"is_reversal": True, "bank_tx_code": "PMNT+ICDT+RRTN", "ref": "B2"}
    taken = entry(-1000, "RUECKRUF " + GIROCARD_WORDS, **back)
    stand.statement(NEXT, entry(1000, GIROCARD_WORDS, ref="B1"), taken)
    assert stand.kinds() == ["PAYOUT_RETURNED"]
    assert stand.found()["PAYOUT_RETURNED"].bank_codes == ["B1", "B2"]


def test_a_payout_in_two_entries_is_proposed_as_one(stand: Stand) -> None:
    a_girocard_day(stand)
    parts = [entry(400, GIROCARD_WORDS, ref="B1"), entry(600, GIROCARD_WORDS, ref="B2")]
    stand.statement(NEXT, *parts)
    assert stand.kinds() == ["BATCH_SPLIT"]
    assert stand.found()["BATCH_SPLIT"].bank_codes == ["B1", "B2"]


def test_two_batches_in_one_entry_are_proposed(stand: Stand) -> None:
    a_girocard_day(stand)
    at = NOON - timedelta(days=1)
    stand.at_terminal(700, receipt=16, at=at)
    stand.card(700, receipt=16, at=at)
    stand.batch(700, DAY - timedelta(days=1))
    stand.close(1, 700, 16, 16, at=at.replace(tzinfo=None, hour=20))
    stand.statement(DAY)
    stand.statement(NEXT, entry(1700, GIROCARD_WORDS))
    assert stand.kinds() == ["PAYOUT_MERGED"]


def test_a_negative_day_is_drawn_from_the_account(stand: Stand) -> None:
    stand.expected("refund", "online", -800, psp_ref="re_1")
    stand.stripe(-800, "re_1", record_type="refund", fee_cents=0)
    stand.payout(-800, trace_id="19804")
    stand.statement(DAY, entry(-800, "STRIPE", end_to_end_id="19804"))
    stand.statement(NEXT)
    assert stand.kinds() == []


def test_what_leaves_the_account_is_no_case(stand: Stand) -> None:
    stand.statement(DAY, entry(-123456, "RE 4711", name="Stadtwerke"))
    stand.statement(NEXT)
    assert stand.kinds() == []


def test_money_from_nobody_is_named(stand: Stand) -> None:
    stand.statement(DAY, entry(84864, "Miete Garage", ref="B1"))
    stand.statement(NEXT)
    assert stand.kinds() == ["UNKNOWN_CREDIT"]
    assert stand.found()["UNKNOWN_CREDIT"].bank_codes == ["B1"]


def test_a_claim_is_paid_under_its_reference_however_it_is_written(stand: Stand) -> None:
    stand.invoice()
    stand.statement(NEXT, entry(5000, "KASSENZEICHEN: 500002 7559678 danke"))
    assert stand.kinds() == []


def test_too_much_too_little_and_two_at_once(stand: Stand) -> None:
    for n, ref in enumerate(("5000027559678", "5000027559686", "5000027559694", "5000027559702")):
        stand.invoice(5000 + n, ref)
    stand.statement(
        NEXT,
        entry(5500, "5000027559678", ref="B1"),
        entry(4000, "5000027559686", ref="B2"),
        entry(10005, "5000027559694 5000027559702", ref="B3"),
    )
    assert stand.kinds() == ["TRANSFER_COMBINED", "TRANSFER_OVERPAID", "TRANSFER_UNDERPAID"]


def test_a_mistyped_reference_and_a_name_alone_are_proposed(stand: Stand) -> None:
    stand.invoice(5000)
    stand.invoice(7000, "5001111111111", payer="Jürgen Groß")
    stand.statement(
        NEXT,
        entry(5000, "KZ 5000027556978", name="Oma"),
        entry(7000, "Gebuehr Stadt", name="Gross, Juergen"),
    )
    assert stand.kinds() == ["NAME_ONLY_TRANSFER", "TRANSFER_REF_TYPO"]


def test_an_open_claim_is_overdue_after_fourteen_days(stand: Stand) -> None:
    stand.invoice()
    stand.as_of = NOON + timedelta(days=14)
    assert stand.kinds() == ["IN_TRANSIT"]
    stand.as_of = NOON + timedelta(days=15)
    assert stand.kinds() == ["TRANSFER_MISSING"]


def test_a_claim_due_on_a_holiday_is_in_time_until_the_bank_is_open_again(stand: Stand) -> None:
    booked = datetime(2026, 3, 20, 11, 0, tzinfo=NOON.tzinfo)  # fourteen days before Good Friday
    stand.invoice(at=booked)
    stand.as_of = datetime(2026, 4, 7, 6, 0, tzinfo=NOON.tzinfo)
    assert stand.kinds() == ["IN_TRANSIT"]
    stand.as_of += timedelta(days=1)
    assert stand.kinds() == ["TRANSFER_MISSING"]


def test_safebags_short_missing_and_on_their_way(stand: Stand) -> None:
    earlier = NOON - timedelta(days=2)
    stand.bag(5000, "1895359315", at=earlier)
    stand.bag(4000, "1895359316", at=earlier)
    stand.bag(3000, "1895359317", at=NOON + timedelta(days=1))
    stand.statement(DAY - timedelta(days=1), entry(4900, "SAFEBAG 18953 59315 KASSE K001"))
    stand.statement(DAY)
    stand.statement(NEXT)
    assert stand.kinds() == ["DEPOSIT_DIFF", "DEPOSIT_MISSING", "IN_TRANSIT"]


def test_a_count_below_the_sales_is_short_and_above_is_over(stand: Stand) -> None:
    for till, counted in (("K1", 900), ("K2", 1100), ("K3", 1000)):
        stand.expected("cash_sale", "cash", 1000, till=till)
        stand.expected("cash_count", "cash", counted, till=till)
    assert stand.kinds() == ["CASH_OVER", "CASH_SHORT"]


def test_cards_and_girocard_of_one_shop_are_not_mixed_up(stand: Stand) -> None:
    """Both accounts have the same digits, and both batches the same amount."""
    stand.at_terminal()
    stand.card()
    stand.batch(1000)
    stand.at_terminal(receipt=18)
    stand.card(receipt=18, account=CARDS)
    stand.close(2, 2000, 17, 18)
    stand.batch(1000, account=CARDS, settle_on=NEXT)
    stand.statement(
        NEXT,
        entry(1000, "VU 4711471147 BATCH 4711471147260318", ref="B1", name="Bank of cards"),
        entry(1000, GIROCARD_WORDS, ref="B2", name="Network"),
    )
    assert stand.kinds() == []
    rows = stand.session.execute(
        text("""SELECT p.account, l.bank_reference FROM credit_match m
                  JOIN provider_line p ON p.id = m.provider_id
                  JOIN bank_line l ON l.id = m.bank_line_id ORDER BY 1""")
    )
    assert [tuple(row) for row in rows] == [(CARDS, "B1"), (GIROCARD, "B2")]


def test_a_bank_account_is_part_of_what_is_missing(stand: Stand) -> None:
    stand.statement(DAY)
    stand.as_of = NOON + timedelta(days=7)
    assert stand.kinds() == ["STATEMENT_MISSING"]
    assert stand.found()["STATEMENT_MISSING"].id == f"STATEMENT_MISSING:{ACCOUNT}/2026-03-19"
