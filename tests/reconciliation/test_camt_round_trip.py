"""Any statement written as camt in either shape reads back as what it was."""

from dataclasses import dataclass
from datetime import date
from io import BytesIO
from itertools import starmap

from hypothesis import given
from hypothesis import strategies as st

from reconciliation.sources import (
    EntryDetail,
    Statement,
    StatementEnd,
    StatementEntry,
    StatementHead,
    read_statements,
    whole_statements,
)
from tests.reconciliation.camt_xml import (
    V02,
    V08,
    amount,
    balance,
    detail,
    document,
    party,
    path,
    tag,
    text,
)

IBANS = st.sampled_from(["DE02120300000000202051", "NL91ABNA0417164300", "LT121000011101001000"])
OWN = "DE89370400440532013000"
CENTS = st.integers(0, 10**12)
DATES = st.dates(date(2000, 1, 1), date(2099, 12, 31))
CODES = st.sampled_from(["PMNT/RCDT/ESCT", "PMNT/IDDT/UPDD", "ACMT/MDOP/CHRG"])
GVCS = st.sampled_from(["166", "109", "808"])
REFERENCES = st.sampled_from(["RF18539007547034", "RF35STADT2026000123"])
# Without "R" no text holds a reference by chance, and without "N" none is NOTPROVIDED.
TEXTS = st.text(
    st.characters(blacklist_categories=["C", "Z"], blacklist_characters="RrNn"),
    min_size=1,
    max_size=30,
)


@dataclass(frozen=True)
class Written:
    """One payment alone in its entry, as it is drawn."""

    cents: int
    is_credit: bool
    booked: date
    valued: date
    is_reversal: bool
    code: str
    part: EntryDetail


PARTS = st.builds(
    EntryDetail,
    end_to_end_id=st.none() | TEXTS,
    rf_reference=st.none() | REFERENCES,
    remittance=st.none() | TEXTS,
    counterparty_name=st.none() | TEXTS,
    counterparty_iban=IBANS,
    return_reason=st.none() | st.sampled_from(["AC04", "MD01"]),
    mandate_id=st.none() | TEXTS,
    gvc=st.none() | GVCS,
    charges_cents=st.none() | CENTS,
    transaction_id=st.none() | TEXTS,
)
ENTRIES = st.builds(
    Written,
    cents=CENTS,
    is_credit=st.booleans(),
    booked=DATES,
    valued=DATES,
    is_reversal=st.booleans(),
    code=CODES,
    part=PARTS,
)


def decimal(cents: int) -> str:
    return f"{abs(cents) // 100}.{abs(cents) % 100:02d}"


def maybe(names: str, value: str | None) -> str:
    return "" if value is None else text(names, value)


def sign(cents: int) -> str:
    return "DBIT" if cents < 0 else "CRDT"


def as_xml(drawn: Written, version: str) -> str:
    part = drawn.part
    side, own = ("Dbtr", "Cdtr") if drawn.is_credit else ("Cdtr", "Dbtr")
    domain, family, sub_family = drawn.code.split("/")
    fee = amount(decimal(part.charges_cents)) if part.charges_cents is not None else ""
    charges = fee and (tag("Chrgs", fee) if version == V02 else path("Chrgs/Rcrd", fee))
    named = party(side, part.counterparty_name, version=version) if part.counterparty_name else ""
    lines = "".join(text("Ustrd", line) for line in part.remittance or "")
    reference = maybe("Strd/CdtrRefInf/Ref", part.rf_reference)
    inner = detail(
        tag(
            "Refs",
            text("EndToEndId", part.end_to_end_id or "NOTPROVIDED"),
            maybe("MndtId", part.mandate_id),
            maybe("TxId", part.transaction_id),
        ),
        maybe("BkTxCd/Prtry/Cd", part.gvc and f"NTRF+{part.gvc}+00900"),
        charges,
        tag(
            "RltdPties",
            named,
            text(f"{side}Acct/Id/IBAN", part.counterparty_iban or ""),
            text(f"{own}Acct/Id/IBAN", OWN),
        ),
        tag("RmtInf", lines, reference),
        maybe("RtrInf/Rsn/Cd", part.return_reason),
    )
    return tag(
        "Ntry",
        amount(decimal(drawn.cents)),
        text("CdtDbtInd", "CRDT" if drawn.is_credit else "DBIT"),
        text("RvslInd", "true") if drawn.is_reversal else "",
        text("Sts" if version == V02 else "Sts/Cd", "BOOK"),
        text("BookgDt/Dt", drawn.booked.isoformat()),
        text("ValDt/Dt", drawn.valued.isoformat()),
        path(
            "BkTxCd/Domn",
            text("Cd", domain),
            tag("Fmly", text("Cd", family), text("SubFmlyCd", sub_family)),
        ),
        tag("NtryDtls", inner),
    )


def meant(ordinal: int, drawn: Written) -> StatementEntry:
    part = drawn.part
    signed = drawn.cents if drawn.is_credit else -drawn.cents
    shared = {
        "end_to_end_id": part.end_to_end_id,
        "rf_reference": part.rf_reference,
        "remittance": part.remittance,
        "counterparty_name": part.counterparty_name,
        "counterparty_iban": part.counterparty_iban,
        "return_reason": part.return_reason,
        "mandate_id": part.mandate_id,
        "bank_tx_code": drawn.code,
        "gvc": part.gvc,
        "structured_reference": part.rf_reference,
        "transaction_id": part.transaction_id,
    }
    return StatementEntry(
        ordinal=ordinal,
        amount_cents=signed,
        currency="EUR",
        booking_date=drawn.booked,
        value_date=drawn.valued,
        reversal=drawn.is_reversal,
        charges_cents=part.charges_cents,
        details=(
            EntryDetail(
                amount_cents=signed, currency="EUR", charges_cents=part.charges_cents, **shared
            ),
        ),
        **shared,
    )


@given(
    version=st.sampled_from([V02, V08]),
    opening=st.integers(-(10**12), 10**12),
    drawn=st.lists(ENTRIES, max_size=4),
    sequence=st.integers(0, 10**9),
)
def test_what_is_written_is_what_is_read(
    version: str, opening: int, drawn: list[Written], sequence: int
) -> None:
    movement = sum(one.cents if one.is_credit else -one.cents for one in drawn)
    closing = opening + movement
    inner = (
        text("Id", "S"),
        text("ElctrncSeqNb", str(sequence)),
        text("Acct/Id/IBAN", OWN),
        text("Acct/Ccy", "EUR"),
        balance("PRCD", decimal(opening), sign=sign(opening)),
        balance("CLBD", decimal(closing), sign=sign(closing)),
        *(as_xml(one, version) for one in drawn),
    )

    (found,) = whole_statements(
        read_statements(BytesIO(document(tag("Stmt", *inner), namespace=version)))
    )

    day = date(2026, 11, 20)
    message = version.rpartition(":")[2]
    assert found == Statement(
        StatementHead(
            message, account_iban=OWN, statement_id="S", sequence=sequence, currency="EUR",
            opening_cents=opening, opening_on=day,
        ),
        tuple(starmap(meant, enumerate(drawn, start=1))),
        StatementEnd(len(drawn), movement, closing_cents=closing, closing_on=day),
    )  # fmt: skip
