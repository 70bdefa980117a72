"""Amounts as people type them at a pad, as cents."""

import re

_TYPED = re.compile(r"(\d{1,5})(?:[.,](\d{0,2}))?")


def typed_cents(text: str) -> int | None:
    """`12,5` → 1250, `20` → 2000; None for what is no amount below 100,000 euros."""
    found = _TYPED.fullmatch(text.strip())
    if found is None:
        return None
    return int(found[1]) * 100 + int((found[2] or "").ljust(2, "0"))
