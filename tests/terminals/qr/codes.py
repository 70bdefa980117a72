"""Keys and codes for tests."""

from datetime import UTC, datetime, timedelta

from terminals.qr.keys import KeyRing, read_ring, with_new_key
from terminals.qr.tokens import Code, sign

NOW = datetime(2026, 11, 17, 8, 30, tzinfo=UTC)
LATER = NOW + timedelta(days=365)
RING = with_new_key()


def a_ring() -> KeyRing:
    """A ring with one key."""
    return read_ring(RING)


def a_card_code(card: int | None = 7, until: datetime = LATER) -> Code:
    """What a printed card of wallet 17 says."""
    return Code("wallet", "W-000017", until, card)


TEXT = sign(a_card_code(), a_ring().signing, now=NOW)
