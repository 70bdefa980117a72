"""The line to the centre: JSON over HTTPS, bounded in time, every failure a value of its own."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import quote, urlencode

import urllib3
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError

CONNECT_SECONDS = 3
ANSWER_SECONDS = 20  # the centre itself gives up after 15
QUICK_SECONDS = 5  # where a guest waits for it


class CentreSilent(Exception):
    """No answer: whether the centre heard us is open. `was_sent` False: it certainly did not."""

    def __init__(self, reason: str, *, was_sent: bool = True) -> None:
        super().__init__(reason)
        self.was_sent = was_sent


class CentreRefused(Exception):
    """The centre answered no. status: HTTP; code: of the problem; data: what explains it."""

    def __init__(self, status: int, code: str, data: Mapping[str, Any]) -> None:
        super().__init__(f"{status} {code}")
        self.status, self.code, self.data = status, code, data


@dataclass(frozen=True, slots=True)
class Answer:
    """status: 200 and above, 304 where nothing changed. etag: of the answer. at: when it was
    given by the centre's clock, aware; None where it does not say."""

    status: int
    body: Any
    etag: str | None
    at: datetime | None = None


def _pool() -> urllib3.PoolManager:
    # Repetition is the outbox's business: it knows what may be repeated and under which key.
    return urllib3.PoolManager(retries=False, maxsize=8)


@dataclass(frozen=True, slots=True)
class Centre:
    """The centre at one address. Raises CentreSilent and CentreRefused from every call."""

    address: str
    pool: urllib3.PoolManager = field(default_factory=_pool)

    def get(
        self,
        path: str,
        token: str,
        *,
        etag: str | None = None,
        asked: Mapping[str, str] | None = None,
        quick: bool = False,
    ) -> Answer:
        """Ask for something; with the `etag` of an earlier answer, 304 while it still holds."""
        headers = {"If-None-Match": etag} if etag else {}
        query = f"?{urlencode(asked)}" if asked else ""
        return self._ask("GET", path + query, token, headers=headers, quick=quick)

    def post(
        self,
        path: str,
        token: str | None,
        body: Mapping[str, Any] | bytes,
        *,
        key: str | None = None,
        quick: bool = False,
    ) -> Answer:
        """Send a document (bytes: as JSON already), under its key where the centre wants one."""
        headers = {"Content-Type": "application/json"}
        if key is not None:
            headers["Idempotency-Key"] = key
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self._ask("POST", path, token, headers=headers, body=data, quick=quick)

    def _ask(
        self,
        method: str,
        path: str,
        token: str | None,
        *,
        headers: Mapping[str, str],
        body: bytes | None = None,
        quick: bool = False,
    ) -> Answer:
        sent = dict(headers) | ({"Authorization": f"Bearer {token}"} if token else {})
        answer = QUICK_SECONDS if quick else ANSWER_SECONDS
        patience = urllib3.Timeout(connect=CONNECT_SECONDS, read=answer)
        try:
            response = self.pool.request(
                method, f"{self.address}/api/v1{path}", body=body, headers=sent, timeout=patience
            )
        except (NewConnectionError, ConnectTimeoutError) as trouble:
            raise CentreSilent(str(trouble), was_sent=False) from trouble
        except (HTTPError, OSError) as trouble:
            raise CentreSilent(str(trouble)) from trouble
        return _read(response)


def part(text: str) -> str:
    """A value as one part of a path."""
    return quote(text, safe="")


def _read(response: urllib3.BaseHTTPResponse) -> Answer:
    if response.status == 304:
        return Answer(304, None, response.headers.get("ETag"), _said_at(response))
    # A fault of the centre says as little about what it did as its silence.
    if response.status >= 500 or response.status == 429:
        raise CentreSilent(f"the centre answered {response.status}")
    try:
        document = json.loads(response.data)
    except ValueError as wrong:
        # A captive portal or a proxy answered instead: the centre was not heard.
        raise CentreSilent(f"no JSON in an answer with status {response.status}") from wrong
    if not isinstance(document, dict):
        raise CentreSilent(f"no document in an answer with status {response.status}")
    if response.status >= 400:
        raise CentreRefused(response.status, document.get("code", ""), document.get("data", {}))
    return Answer(response.status, document, response.headers.get("ETag"), _said_at(response))


def _said_at(response: urllib3.BaseHTTPResponse) -> datetime | None:
    try:
        return parsedate_to_datetime(response.headers.get("Date", ""))
    except ValueError:
        return None
