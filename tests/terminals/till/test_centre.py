"""How long a till waits for the centre: briefly for a line, long enough for an answer."""

import socket
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from terminals.till import centre
from terminals.till.centre import Centre, CentreSilent

ANSWER_AFTER = 0.6


class _Slow(BaseHTTPRequestHandler):
    """A busy centre."""

    def do_GET(self) -> None:
        time.sleep(ANSWER_AFTER)
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b'{"is_slow": true}')

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def busy() -> Iterator[Centre]:
    """A centre that takes its time over every answer."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Slow)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield Centre(f"http://127.0.0.1:{server.server_port}")
    finally:
        server.shutdown()
        server.server_close()


def test_the_time_for_a_connection_is_not_the_time_for_an_answer(
    busy: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(centre, "CONNECT_SECONDS", ANSWER_AFTER / 3)
    assert busy.get("/anything", "token").body == {"is_slow": True}


def test_an_answer_that_takes_too_long_leaves_open_what_was_done(
    busy: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(centre, "QUICK_SECONDS", ANSWER_AFTER / 3)
    with pytest.raises(CentreSilent) as silent:
        busy.get("/anything", "token", quick=True)
    assert silent.value.was_sent


def test_without_a_line_nothing_was_sent() -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    with pytest.raises(CentreSilent) as silent:
        Centre(f"http://127.0.0.1:{port}").get("/anything", "token")
    assert not silent.value.was_sent
