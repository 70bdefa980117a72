"""What is wanted of a payer, and a payment as it stands."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

WAYS = ("card", "sepa_debit")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody wants to pay.

    purpose: a module of `terminals.checkout.purposes`; subject: what it is for, by the code that
    module knows. title: one line on the provider's page, never a person's name. locale: "de" or
    "en". back, cancelled: paths of ours to return to; "{payment}" in them stands for the
    payment's id. ways: of WAYS. payer: code of a payer whom the provider shall know again; then
    `save` asks to keep the way to pay. Raises ValueError for a way nobody has and for a way that
    is to be kept for nobody.
    """

    purpose: str
    subject: str
    amount_cents: int
    title: str
    locale: str
    back: str
    cancelled: str
    ways: tuple[str, ...] = ("card",)
    payer: str | None = None
    save: bool = False

    def __post_init__(self) -> None:
        if not self.ways or not set(self.ways) <= set(WAYS):
            raise ValueError(f"one pays by {', '.join(WAYS)}, not by {self.ways!r}")
        if self.save and self.payer is None:
            raise ValueError("a way to pay is kept for a payer")


@dataclass(frozen=True, slots=True)
class Payment:
    """A payment as it stands.

    state: "begun" (the provider has not heard of it for sure), "open" (its page waits),
    "processing" (a debit on its way), and in the end "paid", "failed", "expired" or "cancelled".
    Refunds and disputes change no state: they are rows of their own. way: of WAYS, once known.
    page: the provider's, while it is open. reason: the newest decline or failure in the provider's
    word. credited_at: since when the payer sees the money.
    """

    id: UUID
    purpose: str
    subject: str
    amount_cents: int
    state: str
    way: str | None
    page: str | None
    begun_at: datetime
    ended_at: datetime | None
    reason: str | None
    credited_at: datetime | None
    payer: str | None = None
    intent: str | None = None
