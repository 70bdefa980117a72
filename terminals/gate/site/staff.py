"""Who works at a gate: a PIN opens the list of the last guests, for a while and in one browser.

It all is in memory: after a restart the PIN is typed again.
"""

import hmac
import re
import secrets
import threading
from datetime import datetime, timedelta

OPEN_FOR = timedelta(minutes=15)
MOST_TRIES, PAUSE = 5, timedelta(minutes=5)
_PIN = re.compile(r"[0-9]{4,12}")


def is_pin(text: str) -> bool:
    """Whether this can be a PIN: 4 to 12 digits."""
    return _PIN.fullmatch(text) is not None


class StaffDoor:
    """The door to the list. pin: None keeps it shut for everybody."""

    def __init__(self, pin: str | None) -> None:
        self._pin = pin
        self._open: dict[str, datetime] = {}
        self._wrong: list[datetime] = []
        self._one_at_a_time = threading.Lock()

    @property
    def is_shut(self) -> bool:
        """Whether no PIN was given to this gate."""
        return self._pin is None

    def enter(self, typed: str, now: datetime) -> str | None:
        """A token for the browser of whoever typed the PIN; None where it was wrong, or typed
        wrongly too often in the last minutes, whoever did."""
        with self._one_at_a_time:
            self._wrong = [at for at in self._wrong if now - at < PAUSE]
            if self._pin is None or len(self._wrong) >= MOST_TRIES:
                return None
            if not hmac.compare_digest(typed.strip().encode(), self._pin.encode()):
                self._wrong.append(now)
                return None
            token = secrets.token_urlsafe(32)
            self._open = {each: at for each, at in self._open.items() if now < at}
            self._open[token] = now + OPEN_FOR
            return token

    def must_wait(self, now: datetime) -> bool:
        """Whether nobody may try just now."""
        return sum(now - at < PAUSE for at in self._wrong) >= MOST_TRIES

    def is_open(self, token: str, now: datetime) -> bool:
        """Whether the browser with this token may see the list; looking keeps it open."""
        with self._one_at_a_time:
            if now >= self._open.get(token, now):
                return False
            self._open[token] = now + OPEN_FOR
            return True

    def leave(self, token: str) -> None:
        """Whoever worked here goes."""
        with self._one_at_a_time:
            self._open.pop(token, None)
