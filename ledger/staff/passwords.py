"""Passwords and PINs as argon2id hashes, and what makes a password good enough."""

import secrets
import unicodedata

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

from ledger.staff.errors import PasswordTooWeak

SHORTEST, LONGEST = 12, 128
FEWEST_DIFFERENT = 5

# RFC 9106 lets the memory be chosen by what a server can spare when everybody signs in at once;
# 32 MiB and three passes are above OWASP's minimum and take some 40 ms.
HASHER = PasswordHasher(time_cost=3, memory_cost=32 * 1024, parallelism=1, type=Type.ID)

# Without characters that are mistaken for each other on paper.
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
_GROUPS, _GROUP = 4, 4


def hash_secret(secret: str) -> str:
    """The encoded argon2id hash of a password or PIN, salt and parameters included."""
    return HASHER.hash(_normal(secret))


def is_secret(secret: str, encoded: str | None) -> bool:
    """Whether `encoded` is a hash of this secret.

    None, where there is no such person or no password yet, takes the same time and is False.
    """
    try:
        HASHER.verify(encoded or _NOBODYS, _normal(secret))
    except (VerificationError, InvalidHashError):
        return False
    return encoded is not None


def is_outdated(encoded: str) -> bool:
    """Whether the hash was made with other parameters than today's."""
    return HASHER.check_needs_rehash(encoded)


def one_time_password() -> str:
    """Four groups of four, some 79 random bits, easy to read out: `k7dw-2mqp-…`."""
    groups = ("".join(secrets.choice(_LETTERS) for _ in range(_GROUP)) for _ in range(_GROUPS))
    return "-".join(groups)


def check_password(password: str, *, login: str, name: str) -> None:
    """Raise PasswordTooWeak unless it is long and not made of what everybody knows.

    Length counts, not kinds of characters (NIST SP 800-63B, section 5.1.1.2).
    """
    plain = _normal(password).casefold()
    own_words = [word.casefold() for word in (login, *name.split(), "stadtkasse") if len(word) > 2]
    rest = plain
    for word in own_words:
        rest = rest.replace(word, "")
    is_long = SHORTEST <= len(password) <= LONGEST
    if not is_long or len(rest) < SHORTEST // 2 or len(set(rest)) < FEWEST_DIFFERENT:
        raise PasswordTooWeak


def _normal(secret: str) -> str:
    # An umlaut typed on one keyboard is two characters on another.
    return unicodedata.normalize("NFKC", secret)


_NOBODYS = HASHER.hash(secrets.token_hex())
