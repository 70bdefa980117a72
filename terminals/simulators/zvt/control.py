"""The second port: a page for people and JSON for programs, over just enough HTTP."""

import asyncio
import contextlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from terminals.simulators.zvt import controls
from terminals.simulators.zvt.page import live_page, whole_page
from terminals.simulators.zvt.terminal import NothingRuns, Terminal

MAX_BODY, PATIENCE_SECONDS = 65_536, 10.0
POLICY = (
    "default-src 'none'; style-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'"
)
HTML, CSS, JSON = "text/html; charset=utf-8", "text/css; charset=utf-8", "application/json"
IDLE = "Gerade läuft keine Zahlung."
_FORM = "application/x-www-form-urlencoded"

ACTIONS: Mapping[str, Callable[[Terminal, Mapping[str, Any]], None]] = {
    "/next": controls.script,
    "/now": controls.act,
    "/settings": controls.change,
    "/cut": controls.cut,
    "/reset": lambda terminal, _: controls.reset(terminal),
}


@dataclass(frozen=True, slots=True)
class _Request:
    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def is_form(self) -> bool:
        return self.headers.get("content-type", "").startswith(_FORM)


@dataclass(frozen=True, slots=True)
class _Answer:
    status: HTTPStatus
    kind: str = JSON
    body: bytes = b""
    headers: tuple[str, ...] = ()


async def serve(
    terminal: Terminal, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    """One request and its answer; the connection ends with it."""
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            request = await _read(reader)
        if request is not None:
            _write(writer, _answer(terminal, request))
            await writer.drain()
    except (TimeoutError, ConnectionError, asyncio.IncompleteReadError):
        writer.transport.abort()
    finally:
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()


async def _read(reader: asyncio.StreamReader) -> _Request | None:
    """The request; None where there is none that can be understood."""
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    except asyncio.LimitOverrunError:
        return None
    parts = head[0].split(" ")
    headers = {
        name.strip().lower(): value.strip()
        for name, _, value in (line.partition(":") for line in head[1:])
    }
    size = headers.get("content-length", "0")
    if len(parts) != 3 or not size.isdecimal() or int(size) > MAX_BODY:
        return None
    body = await reader.readexactly(int(size))
    return _Request(parts[0], parts[1].partition("?")[0], headers, body)


def _answer(terminal: Terminal, request: _Request) -> _Answer:
    match request.method, request.path:
        case "GET", "/":
            return _Answer(HTTPStatus.OK, HTML, whole_page(terminal).encode())
        case "GET", "/live":
            page = live_page(controls.state(terminal)).encode()
            return _Answer(HTTPStatus.OK, HTML, page, ("Refresh: 1",))
        case "GET", "/style.css":
            style = Path(__file__).with_name("style.css").read_bytes()
            return _Answer(HTTPStatus.OK, CSS, style)
        case "GET", "/state":
            return _json(HTTPStatus.OK, controls.state(terminal))
        case "POST", path if path in ACTIONS:
            return _act(terminal, request)
    return _json(HTTPStatus.NOT_FOUND, {"error": "There is nothing here."})


def _act(terminal: Terminal, request: _Request) -> _Answer:
    """Do what is asked: a form goes back to the page, a program gets the new state."""
    origin = request.headers.get("origin")
    if origin not in (None, f"http://{request.headers.get('host')}"):
        return _json(HTTPStatus.FORBIDDEN, {"error": "Another site may not ask for this."})
    try:
        wanted = _wanted(request)
        ACTIONS[request.path](terminal, wanted)
    except ValueError as refused:
        if request.is_form:
            said = IDLE if isinstance(refused, NothingRuns) else str(refused)
            page = whole_page(terminal, notice=said).encode()
            return _Answer(HTTPStatus.UNPROCESSABLE_ENTITY, HTML, page)
        return _json(HTTPStatus.UNPROCESSABLE_ENTITY, {"error": str(refused)})
    if request.is_form:
        return _Answer(HTTPStatus.SEE_OTHER, headers=("Location: /",))
    return _json(HTTPStatus.OK, controls.state(terminal))


def _wanted(request: _Request) -> dict[str, Any]:
    """The values of the body. Raises ValueError with a sentence."""
    if request.is_form:
        return {name: value for name, value in parse_qsl(request.body.decode()) if value}
    wanted = json.loads(request.body or b"{}")
    if not isinstance(wanted, dict):
        raise ValueError("The body is a JSON object.")  # noqa: TRY004 - one refusal for all bodies
    return wanted


def _json(status: HTTPStatus, content: Mapping[str, Any]) -> _Answer:
    return _Answer(status, body=json.dumps(content, ensure_ascii=False).encode())


def _write(writer: asyncio.StreamWriter, answer: _Answer) -> None:
    lines = [
        f"HTTP/1.1 {answer.status.value} {answer.status.phrase}",
        f"Content-Type: {answer.kind}",
        f"Content-Length: {len(answer.body)}",
        f"Content-Security-Policy: {POLICY}",
        "X-Content-Type-Options: nosniff",
        "Cache-Control: no-store",
        "Connection: close",
        *answer.headers,
    ]
    writer.write("\r\n".join(lines).encode() + b"\r\n\r\n" + answer.body)
