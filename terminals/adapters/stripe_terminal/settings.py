"""What `till.toml` says about a Stripe reader, read once."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

STRIPE = "https://api.stripe.com"
_KEYS = ("sk_", "rk_")
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True, slots=True)
class Settings:
    """location: "" for any. Times: of a whole payment, of one answer, between two looks."""

    reader: str
    api_key: str = field(repr=False)
    address: str
    location: str
    patience_seconds: int
    answer_seconds: int
    poll_milliseconds: int


def settings_from(given: Mapping[str, str]) -> Settings:
    """The settings of one reader. Raises ValueError with a sentence."""
    if not given["reader"].startswith("tmr_"):
        raise ValueError(f"reader is an id that begins with tmr_, not {given['reader']!r}")
    return Settings(
        reader=given["reader"],
        api_key=_key(given["api_key"]),
        address=_address(given["address"]),
        location=given["location"],
        patience_seconds=_whole(given, "patience_seconds", 600),
        answer_seconds=_whole(given, "answer_seconds", 80),
        poll_milliseconds=_whole(given, "poll_milliseconds", 10_000),
    )


def _key(given: str) -> str:
    key = given if given.startswith(_KEYS) else os.environ.get(given, "")
    if not key.startswith(_KEYS):
        # Never the value itself: it may be a key that was pasted with a space before it.
        raise ValueError("api_key is neither a key, sk_… or rk_…, nor a variable that holds one")
    return key


def _address(given: str) -> str:
    parts = urlsplit(given)
    is_safe = parts.scheme == "https" or parts.hostname in _LOOPBACK
    if parts.scheme not in ("http", "https") or not parts.hostname or not is_safe:
        raise ValueError(f"address is https://…, or http:// on this machine, not {given!r}")
    return given.rstrip("/")


def _whole(given: Mapping[str, str], name: str, most: int) -> int:
    text = given[name]
    if not text.isdecimal() or not 1 <= int(text) <= most:
        raise ValueError(f"{name} is a whole number from 1 to {most}, not {text!r}")
    return int(text)
