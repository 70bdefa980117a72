"""Something between the till and Stripe answers: a proxy, a sign-on page, a broken gateway."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from terminals.adapters import Declined, Evidence, Unknown
from tests.terminals.stripe_terminal.counter import (
    NOBODY,
    Journal,
    a_reader,
    an_order,
    long_ago,
)

BODIES = (
    b"", b"null", b"[]", b"{}", b'"x"', b"<html>", b"\xff\xfe", b'{"id":"pi_1"}',
    b'{"id":1,"object":"list"}', b'{"object":"list","data":[1]}', b'{"error":"x"}',
)  # fmt: skip


@pytest.fixture
def stranger() -> Iterator[ThreadingHTTPServer]:
    """A server that says the same to everyone."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Stranger) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("status", [200, 302, 403, 407, 502])
def test_a_stranger_decides_nothing(stranger: ThreadingHTTPServer, status: int) -> None:
    payment, original = an_order(), Evidence("pi_1", 1250, "girocard")
    refund = an_order("refund", original=original)
    for body in BODIES:
        stranger.says = (status, body)  # type: ignore[attr-defined]
        address = f"http://127.0.0.1:{stranger.server_address[1]}"
        with a_reader(None, address=address) as device:
            asked = device.perform(payment, Journal(), NOBODY)
            assert isinstance(asked, Declined)
            assert asked.reason == "no_connection"
            for verdict in (
                device.resolve(payment, Journal()),
                device.resolve(long_ago(payment, hours=30), Journal()),
                device.perform(refund, Journal(), NOBODY),
                device.resolve(refund, Journal()),
            ):
                assert isinstance(verdict, Unknown)
                assert verdict.reason == "unreachable"
            assert device.check(Journal()).state == "unreachable"


class _Stranger(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        status, body = self.server.says  # type: ignore[attr-defined]
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""
