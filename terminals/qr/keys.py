"""The keys that guest codes are signed and checked with: a ring, so that they can be renewed.

A ring is text, one key a line: its number, a space, 32 bytes in base64. The last line signs,
all of them are known to the tills; a line is taken out once every card of its key has ended.
"""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from terminals.qr.tokens import SigningKey

MOST_KEYS = 255  # a code has one byte for the number of its key


@dataclass(frozen=True, slots=True)
class KeyRing:
    """signing: the newest key; public: all of them by their numbers."""

    signing: SigningKey
    public: Mapping[int, Ed25519PublicKey]


def read_ring(text: str) -> KeyRing:
    """The ring a text describes; lines or commas part its keys. Raises ValueError."""
    keys = [_key(line) for line in text.replace(",", "\n").splitlines() if line.strip()]
    if not keys:
        raise ValueError("a key ring has at least one key")
    public = {key.id: key.private.public_key() for key in keys}
    if len(public) < len(keys):
        raise ValueError("two keys of a ring have the same number")
    return KeyRing(keys[-1], public)


def with_new_key(text: str | None = None) -> str:
    """The text of a ring with one more key, which signs from now on; of a new ring without one.

    Raises ValueError for a text that is no ring, or holds 255 keys.
    """
    number = 1 if text is None else max(read_ring(text).public) + 1
    if number > MOST_KEYS:
        raise ValueError(f"a ring has {MOST_KEYS} keys at most: take old ones out and number anew")
    seed = Ed25519PrivateKey.generate().private_bytes_raw()
    line = f"{number} {base64.b64encode(seed).decode()}\n"
    return line if text is None else f"{text.rstrip()}\n{line}"


def public_text(key: Ed25519PublicKey) -> str:
    """A public key as tills get it: 32 bytes in base64."""
    return base64.b64encode(key.public_bytes_raw()).decode()


def read_public(text: str) -> Ed25519PublicKey:
    """The public key in what `public_text` wrote. Raises ValueError."""
    return Ed25519PublicKey.from_public_bytes(base64.b64decode(text, validate=True))


def _key(line: str) -> SigningKey:
    number, _, seed = line.strip().partition(" ")
    if not number.isdecimal() or not 0 < int(number) <= MOST_KEYS:
        raise ValueError(f"a key begins with its number, 1 to {MOST_KEYS}")
    try:
        private = Ed25519PrivateKey.from_private_bytes(base64.b64decode(seed, validate=True))
    except (binascii.Error, ValueError) as wrong:
        raise ValueError(f"key {number} is not 32 bytes in base64") from wrong
    return SigningKey(int(number), private)
