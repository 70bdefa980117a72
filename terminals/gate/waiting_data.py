"""What is shown of an order whose tickets are not there."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class WaitingPage:
    """state: "waiting", "unpaid", or "refused" (paid, and not sold any more). here: this page;
    choose: the house with the same choice; pay: the provider's page while it is open."""

    state: str
    here: str
    choose: str
    pay: str | None
