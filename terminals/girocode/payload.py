"""What a GiroCode says: the lines of EPC069-12, checked before anybody can scan them.

A wrong code is worse than none: a payer cannot see what it says. So everything a bank would
refuse, or read otherwise, is refused here.
"""

import re
import unicodedata
from dataclasses import dataclass

from stdnum import bic as bics
from stdnum import iban as ibans
from stdnum import iso11649

from ledger.errors import LedgerError

BYTES_MAX = 331  # what a QR code of version 13, level M, holds as bytes
NAME_MAX, TEXT_MAX = 70, 140
CENTS_MAX = 99_999_999_999
_SIGNS = frozenset(" /-?:().,'+&*$%")  # SEPA's, and what German banks turn into those


@dataclass
class GirocodeInvalid(LedgerError):
    """A transfer no GiroCode can say: which part of it, and why."""

    part: str
    reason: str
    code = "girocode_invalid"


def payload(
    name: str,
    iban: str,
    amount_cents: int | None,
    *,
    reference: str | None = None,
    text: str | None = None,
    bic: str = "",
) -> str:
    """The text of a GiroCode; its bytes are UTF-8.

    name: whom it is for, up to 70 characters. amount_cents: None lets the payer choose. Exactly
    one of `reference` (RF, ISO 11649) and `text` (up to 140 characters). Blanks in IBAN, BIC and
    reference do no harm. Raises GirocodeInvalid.
    """
    if (reference is None) == (text is None):
        raise GirocodeInvalid("reference", "either a creditor reference or a text")
    lines = [
        "BCD", "002", "1", "SCT", _bic(bic), _said("name", name, NAME_MAX), _iban(iban),
        _amount(amount_cents), "",
    ]  # fmt: skip
    if reference is not None:
        lines.append(_reference(reference))
    else:
        lines += ["", _said("text", text or "", TEXT_MAX)]
    written = "\n".join(lines)
    if (size := len(written.encode())) > BYTES_MAX:
        raise GirocodeInvalid("text", f"{size} bytes, and a code holds {BYTES_MAX}")
    return written


def _iban(typed: str) -> str:
    compact = ibans.compact(typed)
    if not ibans.is_valid(compact):
        raise GirocodeInvalid("iban", "its check digits are wrong")
    return compact


def _bic(typed: str) -> str:
    compact = bics.compact(typed)
    if compact and not bics.is_valid(compact):
        raise GirocodeInvalid("bic", "8 or 11 letters and digits")
    return compact


def _reference(typed: str) -> str:
    compact = iso11649.compact(typed).upper()
    # stdnum takes any letters there; ISO 11649 has 21 capitals and digits at most.
    if not re.fullmatch(r"RF[0-9]{2}[0-9A-Z]{1,21}", compact) or not iso11649.is_valid(compact):
        raise GirocodeInvalid(
            "reference", "not a creditor reference, or its check digits are wrong"
        )
    return compact


def _amount(cents: int | None) -> str:
    if cents is None:
        return ""
    if not 0 < cents <= CENTS_MAX:
        raise GirocodeInvalid("amount", f"1 to {CENTS_MAX} cents, not {cents}")
    euros, rest = divmod(cents, 100)
    # As short as the standard's own example ("EUR1"): 12.30 is written 12.3.
    return f"EUR{euros}.{rest:02}".rstrip("0").rstrip(".") if rest else f"EUR{euros}"


def _said(part: str, words: str, most: int) -> str:
    """A line in the characters banks carry to the other side."""
    clean = unicodedata.normalize("NFC", words.strip())
    if not 0 < len(clean) <= most:
        raise GirocodeInvalid(part, f"1 to {most} characters, not {len(clean)}")
    for letter in clean:
        if not (letter in _SIGNS or (letter.isalnum() and ord(letter) < 0x250)):
            raise GirocodeInvalid(part, f"{letter!r} cannot be in a transfer")
    return clean
