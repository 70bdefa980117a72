"""The mail server: takes every mail, unless it was told to refuse some or to take its time."""

import asyncio
import socket
import threading
from collections import deque
from dataclasses import dataclass
from typing import Any, Literal

from aiosmtpd.smtp import SMTP

from terminals.simulators.mail.letters import Store

_LARGEST = 5_000_000  # bytes of one mail
_SAYS = {"4": "4.3.0 Try again later", "5": "5.7.1 Refused"}

Place = Literal["sender", "recipient", "data", "lost"]


@dataclass(frozen=True, slots=True)
class Trouble:
    """What happens to one mail. code: refused with this, 0 for not at all; at: at which word.

    "lost": the mail is kept but the line goes dead instead of the answer. seconds: waits first.
    """

    code: int = 451
    at: Place = "data"
    seconds: float = 0

    @property
    def answer(self) -> str:
        """The line with which the server refuses."""
        return f"{self.code} {_SAYS.get(str(self.code)[0], 'Refused')}"


class Hooks:
    """What aiosmtpd asks for each command of a session. Troubles come in order, one a mail."""

    def __init__(self, store: Store, troubles: deque[Trouble]) -> None:
        self._store, self._troubles = store, troubles

    async def handle_MAIL(
        self, _server: SMTP, _session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        """The sender; here begins a mail, and with it the next trouble."""
        trouble = self._troubles.popleft() if self._troubles else None
        envelope.trouble = trouble
        if trouble is not None and trouble.at == "sender":
            await asyncio.sleep(trouble.seconds)
            if trouble.code:
                return trouble.answer
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(
        self, _server: SMTP, _session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        """One recipient."""
        trouble = envelope.trouble
        if trouble is not None and trouble.at == "recipient":
            await asyncio.sleep(trouble.seconds)
            if trouble.code:
                return trouble.answer  # type: ignore[no-any-return]
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, _session: Any, envelope: Any) -> str:
        """The mail itself."""
        trouble: Trouble | None = envelope.trouble
        if trouble is not None and trouble.at in ("data", "lost"):
            await asyncio.sleep(trouble.seconds)
            if trouble.code and trouble.at == "data":
                return trouble.answer
        self._store.add(envelope.mail_from, envelope.rcpt_tos, envelope.content)
        if trouble is not None and trouble.at == "lost":
            assert isinstance(server.transport, asyncio.WriteTransport)
            server.transport.abort()
        return "250 OK"


class MailServer:
    """SMTP on a socket, in a thread of its own. Raises OSError where the port is taken."""

    def __init__(self, host: str, port: int, store: Store) -> None:
        self.troubles: deque[Trouble] = deque()
        self._hooks = Hooks(store, self.troubles)
        self._socket = socket.create_server((host, port))
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="smtp-sink")

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._socket.getsockname()[1])

    def start(self) -> None:
        """Begin to listen."""
        self._thread.start()

    def stop(self) -> None:
        """Hang up on everyone and end."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(
            self._loop.create_server(self._session, sock=self._socket)
        )
        self._loop.run_forever()
        server.close()
        still = asyncio.all_tasks(self._loop)
        for task in still:
            task.cancel()
        self._loop.run_until_complete(asyncio.gather(*still, return_exceptions=True))
        self._loop.run_until_complete(asyncio.sleep(0))  # so that the transports are closed
        self._loop.close()

    def _session(self) -> SMTP:
        return SMTP(
            self._hooks, hostname="localhost", ident="Practice", enable_SMTPUTF8=True,
            data_size_limit=_LARGEST, loop=self._loop,
        )  # fmt: skip
