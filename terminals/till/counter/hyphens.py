"""Where a long German word may break in a tile: before its last part."""

SOFT_HYPHEN = "\u00ad"
LONGEST = 14  # letters of a word that fits into a tile as it is
_LAST_PARTS = (
    "ausstellung", "ausweis", "bescheinigung", "führung", "führungszeugnis", "gebühr", "karte",
    "kosten", "pass", "register", "zuschlag",
)  # fmt: skip


def breakable(name: str) -> str:
    """The name, its long words with a soft hyphen before their last part."""
    return " ".join(_broken(word) for word in name.split(" "))


def _broken(word: str) -> str:
    fitting = [part for part in _LAST_PARTS if word.lower().endswith(part) and part != word.lower()]
    if len(word) < LONGEST or not fitting:
        return word
    at = len(word) - len(max(fitting, key=len))
    return word[:at] + SOFT_HYPHEN + word[at:]
