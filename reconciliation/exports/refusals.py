"""What exports and payment files say no to.

ReconciliationError
├── ExportRefused         a batch that cannot be made, sent or receipted like this
├── PaymentOrderRefused   an order to the bank that is not as it would have to be
└── SettingsWrong         the city's settings for a format, with the file they stand in
"""

from dataclasses import dataclass
from typing import Any

from reconciliation.errors import ReconciliationError


class ExportRefused(ReconciliationError):
    """`code` says why: export_unknown, export_empty, export_account, export_sign, export_mixed,
    export_damaged, export_not_released, export_own, export_decided, export_role, export_words."""

    def __init__(self, code: str, **data: Any) -> None:
        super().__init__(code)
        self.code = code  # type: ignore[misc]
        self.data = data

    def __str__(self) -> str:
        return " ".join((self.code, *(f"{name}={value}" for name, value in self.data.items())))


class PaymentOrderRefused(ReconciliationError):
    """`code` says why: order_unknown, order_known, order_state, order_own, order_role,
    order_iban, order_text, order_not_covered, mandate_unknown, mandate_known, mandate_lapsed,
    collection_due."""

    def __init__(self, code: str, **data: Any) -> None:
        super().__init__(code)
        self.code = code  # type: ignore[misc]
        self.data = data

    def __str__(self) -> str:
        return " ".join((self.code, *(f"{name}={value}" for name, value in self.data.items())))


@dataclass(eq=False)
class SettingsWrong(ReconciliationError):
    """A value in the settings of a format is missing or wrong."""

    code = "export_settings"
    format: str
    problem: str

    def __str__(self) -> str:
        return f"settings of {self.format}: {self.problem}"
