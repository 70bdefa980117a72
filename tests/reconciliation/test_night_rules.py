"""Rules of the night: each line of the bank by its exact key."""

from pathlib import Path

import pytest
from sqlalchemy import select, text

from config.database import Database
from reconciliation.night import run_night
from reconciliation.tables import bank_match
from tests.reconciliation import camt_xml as xml
from tests.reconciliation.night_stand import (
    DAY,
    KITA,
    a_batch,
    a_provider_line,
    a_statement,
    bring,
    cents_on,
    found,
    paid_in,
    paid_out,
)
from tests.reconciliation.payment_stand import (
    a_collection,
    a_mandate,
    a_payout,
    a_stand,
    files,
    held_on,
    let_go,
    on_wallet,
    state_of,
)

CARDS = "184110/B01-1/2026-11-19"


def named(value: str, end_to_end: str, *, sign: str = "CRDT", code: str = "") -> str:
    """A line with an EndToEndId; code: of the bank, `NTRI+159`."""
    detail = xml.detail(xml.text("Refs/EndToEndId", end_to_end))
    above = xml.text("BkTxCd/Prtry/Cd", code) if code else ""
    return xml.entry(value, detail, sign=sign, above=above)


def rules_of(city: Database) -> list[tuple[str, str]]:
    with city.read_only() as session:
        query = select(bank_match.c.rule, bank_match.c.key_used).order_by(bank_match.c.bank_line_id)
        return [tuple(row) for row in session.execute(query)]


@pytest.mark.parametrize(
    ("code", "key"),
    [
        (xml.text("BkTxCd/Prtry/Cd", "NCHG+808+0"), "808"),
        (
            xml.path(
                "BkTxCd/Domn",
                xml.text("Cd", "ACMT"),
                xml.path("Fmly", xml.text("Cd", "MDOP"), xml.text("SubFmlyCd", "CHRG")),
            ),
            "ACMT/MDOP/CHRG",
        ),
    ],
)
def test_what_the_bank_takes_for_the_account_is_an_expense(
    city: Database, tmp_path: Path, code: str, key: str
) -> None:
    line = paid_out("4.50", "Entgeltabschluss", above=code)
    bring(city, a_statement(tmp_path, line, opening="10.00", closing="5.50"))
    assert dict(run_night(city.transaction, DAY).matched) == {"bank_fee": 1}
    assert rules_of(city) == [("bank_fee", key)]
    assert (cents_on(city, "543100"), cents_on(city, "181000")) == (450, -450)


def test_another_debit_is_left_to_people(city: Database, tmp_path: Path) -> None:
    line = paid_out("4.50", "Miete Container")
    bring(city, a_statement(tmp_path, line, opening="4.50", closing="0.00"))
    assert dict(run_night(city.transaction, DAY).matched) == {}
    case = found(city)["UNEXPLAINED_LINE"]
    assert (case.amount_cents, case.channel, case.severity) == (-450, "bank", "break")


def test_a_payout_leaves_with_its_end_to_end_id_and_may_come_back(
    city: Database, tmp_path: Path
) -> None:
    stand = a_stand(city)
    payout = a_payout(stand, 4260)
    files(stand, "pain001")
    let_go(stand, "pain001")
    with city.read_only() as session:
        name = session.scalar(
            text("SELECT end_to_end_id FROM payment_order WHERE subject = :payout"),
            {"payout": str(payout)},
        )
    out = named("42.60", name, sign="DBIT")
    bring(city, a_statement(tmp_path, out, opening="42.60", closing="0.00", iban=KITA))
    assert dict(run_night(city.transaction, DAY).matched) == {"payment_order": 1}
    assert held_on(stand, "371300") == 0
    back = named("42.60", name, code="NRTI+159+0")
    bring(city, a_statement(tmp_path, back, opening="0.00", closing="42.60", iban=KITA, sequence=2))
    assert dict(run_night(city.transaction, DAY).matched) == {"payment_order": 1}
    assert cents_on(city, "371300") == -4260


def test_a_collection_is_credited_and_taken_back_with_what_the_bank_takes(
    city: Database, tmp_path: Path
) -> None:
    stand = a_stand(city)
    mandate = a_mandate(stand)
    order = a_collection(stand, mandate, 3000)
    files(stand, "pain008")
    let_go(stand, "pain008")
    line = named("30.00", order.end_to_end_id, code="NDDT+171+0")
    bring(city, a_statement(tmp_path, line, closing="30.00", iban=KITA))
    assert dict(run_night(city.transaction, DAY).matched) == {"payment_order": 1}
    assert (cents_on(city, "184300"), state_of(stand, order.id)) == (0, "paid")
    detail = xml.detail(
        xml.text("Refs/EndToEndId", order.end_to_end_id)
        + xml.path("AmtDtls/InstdAmt", xml.amount("30.00"))
        + xml.path("Chrgs/Rcrd", xml.amount("4.00"), xml.text("CdtDbtInd", "DBIT"))
        + xml.text("RtrInf/Rsn/Cd", "MS03")
    )
    above = xml.text("BkTxCd/Prtry/Cd", "NRTI+109+0")
    returned = xml.entry("34.00", detail, sign="DBIT", above=above)
    again = a_statement(
        tmp_path, returned, opening="100.00", closing="66.00", iban=KITA, sequence=2
    )
    bring(city, again)
    assert dict(run_night(city.transaction, DAY).matched) == {"payment_order": 1}
    assert (on_wallet(stand, mandate.wallet), cents_on(city, "543110")) == (0, 400)


def test_a_credit_net_of_fees_empties_the_terminal_days_of_its_batch(
    city: Database, tmp_path: Path
) -> None:
    a_batch(city, 5000, CARDS)
    for number, (gross, fee) in enumerate(((3000, 31), (2000, 22))):
        a_provider_line(
            city, txn_id=f"7997544604857{number}", gross_cents=gross, fee_cents=fee,
            net_cents=gross - fee,
        )  # fmt: skip
    words = "VU 4648663250 BATCH 46486632 50261119"  # banks break texts after 27 characters
    bring(city, a_statement(tmp_path, paid_in("49.47", words), closing="49.47"))
    assert dict(run_night(city.transaction, DAY).matched) == {"acquirer_batch": 1}
    assert rules_of(city) == [("acquirer_batch", "4648663250261119")]
    assert [cents_on(city, each) for each in (CARDS, "543100", "181000")] == [0, 53, 4947]


def test_a_batch_with_a_chargeback_in_it_is_for_people(city: Database, tmp_path: Path) -> None:
    a_batch(city, 5000, CARDS)
    a_provider_line(city, txn_id="79975446048570", gross_cents=5000, fee_cents=31, net_cents=4969)
    a_provider_line(
        city, txn_id="79975446048571", record_type="chargeback", gross_cents=-1000,
        fee_cents=2000, net_cents=-3000,
    )  # fmt: skip
    line = paid_in("19.69", "BATCH 4648663250261119")
    bring(city, a_statement(tmp_path, line, closing="19.69"))
    assert dict(run_night(city.transaction, DAY).matched) == {}
    assert found(city)["UNEXPLAINED_LINE"].amount_cents == 1969


def test_a_corrected_advice_counts_and_the_one_before_it_does_not(
    city: Database, tmp_path: Path
) -> None:
    a_batch(city, 5000, CARDS)
    first = {"txn_id": "79975446048570", "gross_cents": 4500, "net_cents": 4500}
    a_provider_line(city, **first)
    a_provider_line(city, **first | {"file_version": 2, "gross_cents": 5000, "net_cents": 5000})
    line = paid_in("50.00", "BATCH 4648663250261119")
    bring(city, a_statement(tmp_path, line, closing="50.00"))
    assert dict(run_night(city.transaction, DAY).matched) == {"acquirer_batch": 1}
    assert cents_on(city, CARDS) == 0
