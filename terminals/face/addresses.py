"""Whether an address leads somewhere on this host: what a form or a link brought along may not."""

from urllib.parse import urlsplit


def is_ours(address: str) -> bool:
    """Whether it is a path on this host and nothing that a browser would take elsewhere."""
    if not address.startswith("/") or address.startswith("//") or "\\" in address:
        return False  # browsers read a backslash as a slash
    if not address.isprintable():
        return False
    parts = urlsplit(address)
    return not parts.scheme and not parts.netloc
