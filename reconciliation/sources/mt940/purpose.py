"""The structured `:86:` of German banks: a code of three digits, then subfields `?00` to `?63`."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from reconciliation.sources.mt940.scalars import iban

_STRUCTURED = re.compile(r"([0-9]{3})([^0-9A-Za-z\s])(?=[0-9]{2})")
_PURPOSE = frozenset({*(f"{n}" for n in range(20, 30)), *(f"{n}" for n in range(60, 64))})
_TAGS = (
    "EREF", "KREF", "MREF", "CRED", "DEBT", "COAM", "OAMT", "SVWZ", "ABWA", "ABWE", "PURP", "BREF",
    "RREF", "RETU",
)  # fmt: skip
_TAG = re.compile(f"((?:{'|'.join(_TAGS)})(?=\\+)|MTLG(?=:))[+:]")
# Return reasons as German banks write them: "Rueckgabegrund: AC04 …" or alone.
_REASON = re.compile(r"(?<![0-9A-Z])(A[CGM]0[1-9]|BE0[1-8]|CNOR|DNOR|FF01|M[DS]0[1-9]|RC0[1-4]|"
                     r"RR0[1-4]|SL01|TM01)(?![0-9A-Z])")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Purpose:
    """What stands in `:86:`. tags: the SEPA texts by their tag ("EREF"), without it.

    text: what the payer wrote. key: text key supplement (`?34`), a return reason of old.
    """

    gvc: str | None
    booking_text: str | None
    text: str | None
    tags: Mapping[str, str]
    name: str | None
    party_iban: str | None
    key: str | None

    def reason(self) -> str | None:
        """Why a payment came back: the ISO code where it is named, else the text key."""
        found = _REASON.search(" ".join(filter(None, (self.tags.get("RETU"), self.text))))
        return found.group() if found else self.key


def purpose_of(text: str) -> Purpose:
    """Read the joined text of one `:86:`; without structure all of it is what the payer wrote."""
    match = _STRUCTURED.match(text)
    if match is None:
        return Purpose(None, None, text.strip() or None, {}, None, None, None)
    gvc, separator = match.groups()
    fields = _subfields(text[match.end() - 1 :], separator)
    whole = "".join(part for code, part in fields if code in _PURPOSE)
    tags = _tags(whole)
    said = tags.get("SVWZ", "") if tags else whole
    return Purpose(
        gvc=gvc,
        booking_text=_of(fields, "00"),
        text=said.strip() or None,
        tags=tags,
        name=_of(fields, "32", "33"),
        party_iban=iban(_of(fields, "31") or ""),
        key=_of(fields, "34"),
    )


def _subfields(text: str, separator: str) -> list[tuple[str, str]]:
    parts = re.split(f"{re.escape(separator)}([0-9]{{2}})", text)
    return list(zip(parts[1::2], parts[2::2], strict=True))


def _of(fields: list[tuple[str, str]], *codes: str) -> str | None:
    """The subfields joined as they were cut, blanks in a row made one."""
    joined = "".join(part for code, part in fields if code in codes)
    return " ".join(joined.split()) or None


def _tags(text: str) -> dict[str, str]:
    parts = _TAG.split(text)
    found: dict[str, str] = {}
    for tag, value in zip(parts[1::2], parts[2::2], strict=True):
        found.setdefault(tag, value.strip())
    return found
