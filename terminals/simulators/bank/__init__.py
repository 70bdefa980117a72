"""A simulated bank: takes payments for its customer's accounts, delivers camt.053 every bank day.

    bank = Bank.open(folder, {"DE04999000010000181000": "Stadt Aachen"})
    bank.take(Payment("T-1", "DE04999000010000181000", 4000, date(2026, 11, 17), name="A. Schmitz"))
    files = bank.close_day(date(2026, 11, 17))

It knows nothing of who its customer is or what the money is for.
"""

from terminals.simulators.bank.bank import Bank, Misbehaviour
from terminals.simulators.bank.calendar import is_bank_day, next_bank_day
from terminals.simulators.bank.payments import Kind, Payment, card_batch, fee, safebag

__all__ = [
    "Bank",
    "Kind",
    "Misbehaviour",
    "Payment",
    "card_batch",
    "fee",
    "is_bank_day",
    "next_bank_day",
    "safebag",
]
