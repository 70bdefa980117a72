"""Mails as they were received: taken apart for the eye, kept up to a bound, never sent on."""

import email
import email.policy
import re
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from html import unescape

_KEPT = 1_000
_LINK = re.compile(r"https?://[^\s<>\"']+[^\s<>\"'.,;:!?)\]]")
_HREF = re.compile(r"""href\s*=\s*["'](https?://[^"']+)["']""", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail for one or more people. to: where it was really sent, not what its head says.

    text, html: the parts for reading, "" where it has none. links: the addresses in it, each
    once, in order. headers: in the order in which they stand, decoded.
    """

    number: int
    received_at: datetime
    sender: str
    to: tuple[str, ...]
    subject: str
    text: str
    html: str
    links: tuple[str, ...]
    headers: tuple[tuple[str, str], ...]
    attachments: tuple[str, ...]


def read_mail(number: int, sender: str, to: list[str], content: bytes) -> Mail:
    """A mail from the bytes of the DATA command."""
    message = email.message_from_bytes(content, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    text, html = _part(message, "plain"), _part(message, "html")
    found = _LINK.findall(text) + [unescape(link) for link in _HREF.findall(html)]
    return Mail(
        number, datetime.now(UTC), sender, tuple(to), str(message["Subject"] or ""), text, html,
        tuple(dict.fromkeys(found)),
        tuple((name, str(value)) for name, value in message.items()),
        tuple(part.get_filename() or "" for part in message.iter_attachments()),
    )  # fmt: skip


class Store:
    """The mails in memory, the newest thousand; safe to be used from several threads."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._mails: deque[Mail] = deque(maxlen=_KEPT)
        self._count = 0

    def add(self, sender: str, to: list[str], content: bytes) -> None:
        """Keep one more; the oldest goes where there are too many."""
        with self._changed:
            self._count += 1
            self._mails.append(read_mail(self._count, sender, to, content))
            self._changed.notify_all()

    def find(self, number: int) -> Mail | None:
        """The mail of this number, if it is still kept."""
        return next((mail for mail in self.all() if mail.number == number), None)

    def all(self, to: str = "", subject: str = "") -> tuple[Mail, ...]:
        """The mails to this address whose subject contains these words, oldest first."""
        with self._changed:
            return self._matching(to, subject)

    def wait(self, to: str, subject: str, count: int, seconds: float) -> tuple[Mail, ...]:
        """The same when there are at least so many, or what there is when the time is over."""
        is_enough: Callable[[], bool] = lambda: len(self._matching(to, subject)) >= count  # noqa: E731
        with self._changed:
            self._changed.wait_for(is_enough, seconds)
            return self._matching(to, subject)

    def clear(self) -> None:
        """Throw all away; numbers go on."""
        with self._changed:
            self._mails.clear()

    def _matching(self, to: str, subject: str) -> tuple[Mail, ...]:
        return tuple(
            mail for mail in self._mails
            if (not to or to.lower() in (each.lower() for each in mail.to))
            and subject.lower() in mail.subject.lower()
        )  # fmt: skip


def _part(message: EmailMessage, kind: str) -> str:
    body = message.get_body((kind,))
    return str(body.get_content()) if body is not None else ""
