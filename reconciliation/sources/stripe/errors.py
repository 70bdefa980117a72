"""What reading the provider's account may meet with; it never leaves this package."""

from dataclasses import dataclass


@dataclass(eq=False)
class ProviderSilent(Exception):
    """The provider gave no answer that could be used; the next night asks again.

    reason: its own word ("rate_limit", "api_key_expired"), http_… or "unreachable".
    """

    reason: str

    def __str__(self) -> str:
        return f"the provider of online payments did not answer: {self.reason}"
