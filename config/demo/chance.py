"""Chance that repeats: the same names give the same draws and the same keys on every run."""

import random
from uuid import UUID, uuid5

SEED = 17
_KEYS = UUID("0b8e6f57-6c7e-5b5e-8d0a-5b6d2f8f1e17")


def draws(*names: object) -> random.Random:
    """A source of draws of its own for these names, e.g. a day and a facility."""
    return random.Random("/".join(map(str, (SEED, *names))))  # noqa: S311 - no secrets here


def key_of(*names: object) -> UUID:
    """The idempotency key of what these names stand for."""
    return uuid5(_KEYS, "/".join(map(str, (SEED, *names))))
