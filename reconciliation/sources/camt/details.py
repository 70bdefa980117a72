"""One `TxDtls` becomes one EntryDetail; what it leaves out its entry says."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from reconciliation.sources.camt.records import Record
from reconciliation.sources.camt.scalars import iban, is_credit, money
from reconciliation.sources.creditor_reference import exact_reference, find_references
from reconciliation.sources.statements import EntryDetail

# German business transaction code: "NTRF+166+00900", or bare digits from a German issuer.
_GVC = re.compile(r"[A-Z]{4}\+([0-9]{3})(?:\+.*)?", re.DOTALL)
_AMOUNTS = ("Amt", "AmtDtls/TxAmt/Amt", "AmtDtls/CntrValAmt/Amt")
_BARE_GVC = re.compile(r"[0-9]{3}")
_GERMAN_ISSUERS = frozenset({"DK", "ZKA"})

# Sub-families of payments that came back; their parties stand as in the original payment.
_CAME_BACK = frozenset({"UPDD", "PRDD", "RRTN"})


@dataclass(frozen=True, slots=True)
class Above:
    """What the entry says, for details that do not. `is_sole`: it has one detail."""

    cents: int
    currency: str
    is_credit: bool
    is_reversal: bool
    is_sole: bool
    own_iban: str | None
    bank_tx_code: str | None
    gvc: str | None
    charges: tuple[tuple[int, str], ...]


def detail(record: Record, above: Above) -> EntryDetail:
    """The detail a `TxDtls` record describes."""
    values = record.values
    code = bank_tx_code(record) or above.bank_tx_code
    reason = values.get("RtrInf/Rsn/Cd") or values.get("RtrInf/Rsn/Prtry")
    credit = is_credit(record) if "CdtDbtInd" in values else above.is_credit
    came_back = above.is_reversal or reason is not None or (code or "")[-4:] in _CAME_BACK
    debtor_side = credit != came_back
    name, party_iban = _counterparty(record, above.own_iban, likely_debtor=debtor_side)
    cents, currency = _amount(record, above)
    end_to_end_id = values.get("Refs/EndToEndId")
    lines = record.lists.get("RmtInf/Ustrd", [])
    references = record.lists.get("RmtInf/Strd/CdtrRefInf/Ref", [])
    own_charges = charges(record) or (above.charges if above.is_sole else ())
    return EntryDetail(
        amount_cents=cents if cents is None or credit else -cents,
        currency=currency,
        end_to_end_id=None if _is_not_provided(end_to_end_id) else end_to_end_id,
        rf_reference=_rf_reference(references, lines, end_to_end_id),
        # The bank cuts one text into lines of 140 characters: joined without a blank.
        remittance="".join(lines).strip() or None,
        counterparty_name=name,
        counterparty_iban=party_iban,
        return_reason=reason,
        mandate_id=values.get("Refs/MndtId"),
        bank_tx_code=code,
        gvc=gvc(record) or above.gvc,
        charges_cents=charged(own_charges, currency),
        structured_reference=references[0].strip() if references else None,
        transaction_id=values.get("Refs/TxId"),
    )


def bank_tx_code(record: Record) -> str | None:
    """Domain, family and sub-family as "PMNT/RCDT/ESCT"."""
    values = record.values
    domain = values.get("BkTxCd/Domn/Cd")
    if domain is None:
        return None
    family = values.get("BkTxCd/Domn/Fmly/Cd")
    sub_family = values.get("BkTxCd/Domn/Fmly/SubFmlyCd")
    if family is None or sub_family is None:
        return domain if family is None else f"{domain}/{family}"
    return f"{domain}/{family}/{sub_family}"


def gvc(record: Record) -> str | None:
    """The three digits of the German business transaction code, if the bank gives one."""
    code = record.values.get("BkTxCd/Prtry/Cd")
    if code is None:
        return None
    if match := _GVC.fullmatch(code):
        return match.group(1)
    issuer = record.values.get("BkTxCd/Prtry/Issr")
    return code if issuer in _GERMAN_ISSUERS and _BARE_GVC.fullmatch(code) else None


def charges(record: Record) -> tuple[tuple[int, str], ...]:
    """(signed cents, currency) of each charge: in `Rcrd` since 001.04, in `Chrgs` before."""
    found = []
    for group in record.inner.get("Chrgs", ()):
        for charge in group.inner.get("Rcrd") or [group]:
            if "Amt" in charge.values:
                cents, currency = money(charge)
                given_back = "CdtDbtInd" in charge.values and is_credit(charge)
                found.append((-cents if given_back else cents, currency))
    return tuple(found)


def charged(found: Iterable[tuple[int, str]], currency: str | None) -> int | None:
    """Sum of the charges in this currency; None if there are none."""
    matching = [cents for cents, charged_in in found if charged_in == currency]
    return sum(matching) if matching else None


def _amount(record: Record, above: Above) -> tuple[int | None, str | None]:
    """The payment in the entry's currency if it is given, else as given, else the entry's."""
    paths = [path for path in _AMOUNTS if path in record.values]
    for path in paths:
        if record.values.get(path + "@Ccy") == above.currency:
            return money(record, path)
    if paths:
        return money(record, paths[0])
    return (above.cents, above.currency) if above.is_sole else (None, None)


def _counterparty(
    record: Record, own_iban: str | None, *, likely_debtor: bool
) -> tuple[str | None, str | None]:
    """(name, IBAN) of the side that is not us: by our IBAN if it stands there, else the likely.

    Money comes from debtors and goes to creditors; in a payment that came back the parties
    keep the sides they had in the original one, so there it is the other way round.
    """
    debtor, creditor = _party(record, "Dbtr"), _party(record, "Cdtr")
    if own_iban is not None and debtor[1] != creditor[1]:
        if creditor[1] == own_iban:
            return debtor
        if debtor[1] == own_iban:
            return creditor
    likely, other = (debtor, creditor) if likely_debtor else (creditor, debtor)
    return likely if any(likely) else other


def _party(record: Record, side: str) -> tuple[str | None, str | None]:
    values, path = record.values, f"RltdPties/{side}"
    name = values.get(f"{path}/Pty/Nm") or values.get(f"{path}/Nm")
    name = name or values.get(f"{path}/Agt/FinInstnId/Nm")
    return name, iban(values.get(f"{path}Acct/Id/IBAN"))


def _is_not_provided(end_to_end_id: str | None) -> bool:
    return end_to_end_id is not None and end_to_end_id.upper() == "NOTPROVIDED"


def _rf_reference(references: list[str], lines: list[str], end_to_end_id: str | None) -> str | None:
    """The structured reference, else one in the text, else in the end-to-end id."""
    for reference in references:
        if exact := exact_reference(reference):
            return exact
    # A reference may run over a line's end, or begin right at the start of the next one.
    for text in ("".join(lines), " ".join(lines), end_to_end_id or ""):
        if found := next(find_references(text), None):
            return found
    return None
