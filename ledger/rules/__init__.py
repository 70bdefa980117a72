"""The posting rules: what each event books, read from the city's data and turned into transfers.

Pure functions: an event with its amounts and accounts goes in, transfers come out. Every slip
of the caller (a missing or unknown name, a negative amount, an account of the wrong kind) is
refused loudly, because a silent one would lose money. Posting them is the journal's work.
"""

from ledger.rules.book import Posting, Rule, Rulebook, RuleTransfer
from ledger.rules.faults import (
    BadRule,
    MissingAmount,
    MissingRole,
    NegativeAmount,
    ReversalOnly,
    RuleFault,
    UnknownEvent,
    UnusedValue,
    WrongAccount,
)
from ledger.rules.reading import rule_from, rulebook_from

__all__ = [
    "BadRule",
    "MissingAmount",
    "MissingRole",
    "NegativeAmount",
    "Posting",
    "ReversalOnly",
    "Rule",
    "RuleFault",
    "RuleTransfer",
    "Rulebook",
    "UnknownEvent",
    "UnusedValue",
    "WrongAccount",
    "rule_from",
    "rulebook_from",
]
