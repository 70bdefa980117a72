"""Codes of ZVT in English and German words, and what they mean for the till."""

from terminals.adapters.zvt.protocol.words.cards import (
    CARD_TYPES,
    CARDHOLDER,
    CARDHOLDER_PHRASES,
    ENTRY,
    ENTRY_PHRASES,
    PAYMENT_TYPES,
    RECEIPT_TYPES,
    is_girocard,
    scheme,
)
from terminals.adapters.zvt.protocol.words.commands import COMMANDS, command
from terminals.adapters.zvt.protocol.words.phrase import Language, Phrase
from terminals.adapters.zvt.protocol.words.progress import PROGRESS, progress, step
from terminals.adapters.zvt.protocol.words.results import (
    ABORT,
    ABORTED,
    APPROVED,
    RESULTS,
    reason,
    result,
)
from terminals.adapters.zvt.protocol.words.statuses import (
    BUSY,
    COMPLETION_RESULTS,
    END_OF_DAY_NEEDED,
    READY,
    REGISTRATION_FLAGS,
    STATUSES,
    registration,
    status,
)

__all__ = [
    "ABORT",
    "ABORTED",
    "APPROVED",
    "BUSY",
    "CARDHOLDER",
    "CARDHOLDER_PHRASES",
    "CARD_TYPES",
    "COMMANDS",
    "COMPLETION_RESULTS",
    "END_OF_DAY_NEEDED",
    "ENTRY",
    "ENTRY_PHRASES",
    "PAYMENT_TYPES",
    "PROGRESS",
    "READY",
    "RECEIPT_TYPES",
    "REGISTRATION_FLAGS",
    "RESULTS",
    "STATUSES",
    "Language",
    "Phrase",
    "command",
    "is_girocard",
    "progress",
    "reason",
    "registration",
    "result",
    "scheme",
    "status",
    "step",
]
