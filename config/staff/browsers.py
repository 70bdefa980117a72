"""A browser's long name in two words, in the language of staff."""

from terminals.face import browsers


def browser_in_words(agent: str) -> str:
    """`Mozilla/5.0 (X11; Linux …) … Chrome/142.0 …` → `Chrome, Linux`."""
    return browsers.browser_in_words(agent) or "Unbekannter Browser"
