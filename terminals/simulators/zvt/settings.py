"""How the simulated terminal is set up, and how the control page changes it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

CHOICES = {
    "framing": ("whole", "chunks", "coalesced", "mixed"),
    "prints": ("negotiated", "lines", "blocks", "none"),
    "charset": ("negotiated", "cp437", "latin1", "utf8"),
}
_MAY_BE_NEGATIVE = ("skew_seconds", "code")


@dataclass(frozen=True, slots=True)
class Settings:
    """pace: what every step's seconds are multiplied with; 0 is as fast as it goes.

    automatic_card: the guest holds the card to the reader without being told. card_seconds: how
    long a guest may take who is told. ack_seconds (T3), status_repeats: how long 04 0F waits for
    its answer, and how often it is said again. reversal_seconds: how long an automatic reversal
    takes. framing: what the bytes look like on the wire. password: six digits, "" is not checked.
    binding_prints: a payment is final when its print frames are answered too (the standard), not
    with 04 0F alone. prints, charset: as the register asks for, or always so. reverses_last_only:
    whatever receipt a reversal names. skew_seconds: how wrong the clock is.
    """

    pace: float = 1.0
    automatic_card: bool = True
    card_seconds: float = 60.0
    ack_seconds: float = 5.0
    status_repeats: int = 2
    reversal_seconds: float = 0.0
    framing: str = "chunks"
    password: str = ""
    accepts_unregistered: bool = False
    binding_prints: bool = True
    prints: str = "negotiated"
    charset: str = "negotiated"
    reverses_last_only: bool = False
    skew_seconds: int = 0


def changed(settings: Settings, wanted: Mapping[str, Any]) -> Settings:
    """`settings` with these values, which may be words of a form.

    Raises ValueError with a sentence for a name or a value that cannot be meant.
    """
    return replace(settings, **{name: _read(name, wanted[name]) for name in wanted})


def _read(name: str, given: Any) -> Any:
    usual = {each.name: each.default for each in fields(Settings)}
    if name not in usual:
        raise ValueError(f"There is no setting {name!r}: {', '.join(sorted(usual))}.")
    return coerced(name, given, usual[name], CHOICES.get(name, ()))


def coerced(name: str, given: Any, like: Any, choices: tuple[str, ...] = ()) -> Any:
    """`given` as a value of the same kind as `like`; words are read as JSON.

    Raises ValueError with a sentence for all that cannot be meant, whatever its type.
    """
    if isinstance(like, str):
        if not isinstance(given, str) or (choices and given not in choices):
            raise ValueError(f"{name} is one of {', '.join(choices) or 'words'}, not {given!r}.")
        return given
    value = _parsed(given) if isinstance(given, str) else given
    if isinstance(like, bool):
        if not isinstance(value, bool):
            raise ValueError(f"{name} is true or false, not {given!r}.")  # noqa: TRY004 - as above
        return value
    numbers = (int,) if isinstance(like, int) else (int, float)
    if isinstance(value, bool) or not isinstance(value, numbers):
        raise ValueError(f"{name} is a number, not {given!r}.")  # noqa: TRY004 - as above
    if value < 0 and name not in _MAY_BE_NEGATIVE:
        raise ValueError(f"{name} is not below zero.")
    return value


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        return text
