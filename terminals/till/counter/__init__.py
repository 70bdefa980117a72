"""The register's mind: from a browser's tap to the journal, and from the journal to a page."""

from terminals.till.counter.counter import Counter

__all__ = ["Counter"]
