"""The till's own journal: what happened at the site, durable before the next step happens."""

from terminals.till.journal.store import Journal, JournalTrouble, open_journal

__all__ = ["Journal", "JournalTrouble", "open_journal"]
