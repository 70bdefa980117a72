"""The mailbox on real sockets: one for SMTP, one for the browser."""

import threading
from http.server import BaseHTTPRequestHandler
from typing import Self
from urllib.parse import parse_qsl, urlsplit

from terminals.simulators.mail import web
from terminals.simulators.mail.letters import Mail, Store
from terminals.simulators.mail.smtp import MailServer, Trouble
from terminals.simulators.pages import WebServer

_LONGEST_FORM = 10_000


class Mailbox:
    """A mail server of one's own, as a context; port 0 takes any. Raises OSError where one of
    the ports is taken."""

    def __init__(self, smtp_port: int = 0, port: int = 0, *, host: str = "127.0.0.1") -> None:
        self._store = Store()
        self._web = _Server((host, port), self._store)
        try:
            self._smtp = MailServer(host, smtp_port, self._store)
        except OSError:
            self._web.server_close()
            raise
        self._web.smtp = self._smtp
        self._thread = threading.Thread(target=self._web.serve_forever, args=(0.05,))

    def __enter__(self) -> Self:
        self._smtp.start()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._web.shutdown()
        self._thread.join()
        self._web.server_close()
        self._smtp.stop()

    @property
    def smtp_port(self) -> int:
        """Where mails are sent to."""
        return self._smtp.port

    @property
    def address(self) -> str:
        """Where they are read."""
        host, port = self._web.server_address[:2]
        return f"http://{host!s}:{port}"

    def mails(self, to: str = "", subject: str = "") -> tuple[Mail, ...]:
        """The mails to this address whose subject contains these words, oldest first."""
        return self._store.all(to, subject)

    def wait(
        self, to: str = "", *, subject: str = "", count: int = 1, seconds: float = 20
    ) -> tuple[Mail, ...]:
        """The same as soon as there are so many. Raises TimeoutError where they do not come."""
        found = self._store.wait(to, subject, count, seconds)
        if len(found) < count:
            raise TimeoutError(f"{len(found)} of {count} mails came within {seconds} s")
        return found

    def trouble(self, trouble: Trouble | None = None, *, times: int = 1) -> None:
        """Let something happen to the next mails; without a trouble they are refused for now."""
        self._smtp.troubles.extend([trouble or Trouble()] * times)

    def clear(self) -> None:
        """Throw all mails away."""
        self._store.clear()


class _Server(WebServer):
    daemon_threads = True  # a caller that waits for a mail does not keep it from closing
    smtp: MailServer

    def __init__(self, at: tuple[str, int], store: Store) -> None:
        self.store = store
        super().__init__(at, _Handler)


class _Handler(BaseHTTPRequestHandler):
    timeout = 40
    server: _Server

    def do_GET(self) -> None:
        self._serve("")

    def do_POST(self) -> None:
        length = min(int(self.headers.get("Content-Length", 0)), _LONGEST_FORM)
        self._serve(self.rfile.read(length).decode())

    def do_DELETE(self) -> None:
        self._serve("")

    def log_message(self, format: str, *args: object) -> None:
        """Quiet: whoever calls knows what it asked."""

    def _serve(self, form: str) -> None:
        address = urlsplit(self.path)
        given = dict(parse_qsl(address.query) + parse_qsl(form))
        shown = web.answer(self.server.store, self.server.smtp, self.command, address.path, given)
        self.send_response(shown.status)
        for name, value in shown.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(shown.body)))
        self.end_headers()
        self.wfile.write(shown.body)
