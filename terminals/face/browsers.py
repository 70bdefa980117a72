"""A browser's long name in two words, so that people recognise where they are signed in."""

# In this order: most browsers also name one further down.
_BROWSERS = (("Edg", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"),
             ("Safari/", "Safari"))  # fmt: skip
_SYSTEMS = (("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"),
            ("Mac OS X", "macOS"), ("Linux", "Linux"))  # fmt: skip


def browser_in_words(agent: str) -> str:
    """`Mozilla/5.0 (X11; Linux …) … Chrome/142.0 …` → `Chrome, Linux`; "" for an unknown one."""
    words = [_first(agent, names) for names in (_BROWSERS, _SYSTEMS)]
    return ", ".join(word for word in words if word)


def _first(agent: str, names: tuple[tuple[str, str], ...]) -> str | None:
    return next((word for mark, word in names if mark in agent), None)
