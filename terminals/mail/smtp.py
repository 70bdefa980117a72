"""The mail server a city has: where it is, how to sign in there, and who the letters are from."""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

TIMEOUT_SECONDS = 20
SUBMISSION, SUBMISSION_OVER_TLS = 587, 465  # RFC 8314
_HERE = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True)
class Smtp:
    """A mail server and the sender of the letters.

    is_tls: TLS from the first byte; otherwise STARTTLS, which only a server on this machine
    may be without: a sign-in link that travels in the open is anybody's.
    """

    host: str
    port: int
    sender: str
    is_tls: bool = False
    login: str | None = None
    password: str | None = field(default=None, repr=False)

    @property
    def is_here(self) -> bool:
        """Whether it runs on this machine."""
        return self.host in _HERE


def smtp_of(url: str, sender: str) -> Smtp:
    """`smtp://login:password@host:587` or `smtps://host`; a login may be left out.

    Raises ValueError for anything else, and for a sender without an address.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise ValueError("a mail server is smtp://host or smtps://host")
    if "@" not in sender:
        raise ValueError("letters need a sender with an address")
    is_tls = parts.scheme == "smtps"
    return Smtp(
        parts.hostname, parts.port or (SUBMISSION_OVER_TLS if is_tls else SUBMISSION), sender,
        is_tls, unquote(parts.username) if parts.username else None,
        unquote(parts.password) if parts.password else None,
    )  # fmt: skip


@contextmanager
def connected(smtp: Smtp) -> Iterator[smtplib.SMTP]:
    """A connection, encrypted and signed in. Raises OSError and smtplib.SMTPException."""
    trust = ssl.create_default_context()
    if smtp.is_tls:
        line: smtplib.SMTP = smtplib.SMTP_SSL(
            smtp.host, smtp.port, timeout=TIMEOUT_SECONDS, context=trust
        )
    else:
        line = smtplib.SMTP(smtp.host, smtp.port, timeout=TIMEOUT_SECONDS)
    with line:
        line.ehlo()
        if not smtp.is_tls and (line.has_extn("starttls") or not smtp.is_here):
            line.starttls(context=trust)
            line.ehlo()
        if smtp.login is not None:
            line.login(smtp.login, smtp.password or "")
        yield line
