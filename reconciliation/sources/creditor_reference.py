"""Find RF creditor references (ISO 11649) in what payers write.

Banking apps group the reference in fours, copy it into the free text, lose it between two
lines or glue the next word to it. Its checksum (mod 97) tells most of that apart, not all.
"""

import re
from collections.abc import Iterator

_START = re.compile(r"RF(?=[0-9]{2})")
_GROUPS = re.compile(r"[0-9A-Z]+(?:[ .\-]+[0-9A-Z]+)*")
_SEPARATORS = re.compile(r"[ .\-]+")
_DIGIT_BEFORE_LETTER = re.compile(r"(?<=[0-9])(?=[A-Z])")

# "RF", two check digits and 1 to 21 characters (ISO 11649); in free text at least 4 of them,
# because every shorter one that is tried is one more chance in 97 to be wrong.
_LENGTH_MAX = 25
_LENGTH_MIN_IN_TEXT = 8
_WINDOW = 60

# A is 10, Z is 35 before the remainder is taken.
_AS_DIGITS = str.maketrans({chr(ord("A") + n): str(10 + n) for n in range(26)})
_REFERENCE = re.compile(r"RF[0-9]{2}[0-9A-Z]{1,21}")


def exact_reference(text: str) -> str | None:
    """The text as a reference without blanks, or None if it is not exactly one."""
    compact = "".join(text.split()).upper()
    return compact if _REFERENCE.fullmatch(compact) and _is_checked(compact) else None


def find_references(text: str) -> Iterator[str]:
    """Every valid reference that may be meant in the text, the likeliest first, no blanks.

    `list(find_references("Karte RF18 5390 0754 7034 Danke"))` is `["RF18539007547034"]`.
    """
    upper = text.upper()
    for start in _START.finditer(upper):
        for candidate in _candidates(upper[start.start() : start.start() + _WINDOW]):
            if len(candidate) >= _LENGTH_MIN_IN_TEXT and _is_checked(candidate):
                yield candidate


def _is_checked(reference: str) -> bool:
    """Whether `reference`, its first four characters moved to the end, is 1 modulo 97."""
    return int((reference[4:] + reference[:4]).translate(_AS_DIGITS)) % 97 == 1


def _candidates(text: str) -> Iterator[str]:
    """What a reference at the start of `text` may be, the likeliest first.

    In groups of four as printed, the longest row first; up to the end of another word; up to
    where a letter follows a digit, in case the next word is glued on.
    """
    written = _GROUPS.match(text)
    groups = _SEPARATORS.split(written.group()) if written else []
    compact, ends, in_fours, is_row = "", [], 0, True
    for group in groups:
        compact += group
        if len(compact) > _LENGTH_MAX:
            break
        ends.append(len(compact))
        in_fours += is_row and len(group) <= 4
        is_row = is_row and len(group) == 4
    for end in reversed(ends[:in_fours]):
        yield compact[:end]
    for end in ends[in_fours:]:
        yield compact[:end]
    for glued in _DIGIT_BEFORE_LETTER.finditer(compact):
        yield compact[: glued.start()]
