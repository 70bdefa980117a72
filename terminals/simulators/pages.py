"""A simulator on the web: its server, and pages without any script, nor leave for one."""

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from http.server import ThreadingHTTPServer

_POLICY = "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'"


class WebServer(ThreadingHTTPServer):
    """A thread for each call; whoever makes it says what answers, and how it ends."""

    request_queue_size = 128  # many may call at once

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hung up first is no news; anything else is a fault of this program."""
        if not isinstance(sys.exc_info()[1], ConnectionError | TimeoutError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Page:
    """An answer outside the API."""

    status: int
    headers: Mapping[str, str]
    body: bytes = b""


def html(
    text: str, status: int = 200, *, leads_to: tuple[str, ...] = (), policy: str = ""
) -> Page:  # fmt: skip
    """A page; leads_to: other origins to which its forms may send the reader on. policy: what it
    may do, where its own style sheet and its own forms are not all."""
    forms = " ".join(["form-action 'self'", *leads_to])
    return Page(status, {
        "Content-Type": "text/html; charset=utf-8",
        "Content-Security-Policy": policy or f"{_POLICY}; {forms}",
        "Cache-Control": "no-store", "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
    }, text.encode())  # fmt: skip


def style(text: str) -> Page:
    """A style sheet."""
    return Page(200, {"Content-Type": "text/css; charset=utf-8"}, text.encode())


def see_other(url: str) -> Page:
    """Go there, by GET."""
    return Page(303, {"Location": url})


def as_json(shown: object, status: int = 200) -> Page:
    """A figure for a program."""
    return Page(status, {"Content-Type": "application/json"}, json.dumps(shown).encode())


def euros(cents: int) -> str:
    """An amount as people here write it."""
    sign = "−" if cents < 0 else ""
    whole, part = divmod(abs(cents), 100)
    return f"{sign}{whole:,}".replace(",", ".") + f",{part:02} €"
