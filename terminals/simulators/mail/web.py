"""The addresses of the mailbox: pages for people, JSON for programs.

`GET /api/mails?to=&subject=&count=&wait=` lists mails, oldest first; with `wait` it answers as soon
as there are `count` of them, or after so many seconds. `POST /api/trouble` with `code`, `at`,
`seconds` and `times` lets the next mails be refused or come slowly; `POST /clear` throws all away.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import asdict
from importlib import resources
from typing import get_args

from terminals.simulators.mail import page
from terminals.simulators.mail.letters import Mail, Store
from terminals.simulators.mail.smtp import MailServer, Place, Trouble
from terminals.simulators.pages import Page, as_json, html, see_other, style

_LONGEST = 30  # seconds a caller may wait for a mail
_PAGE = (
    "default-src 'none'; style-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'self';"
    " frame-ancestors 'none'"
)
# A mail may have its own colours and pictures that lie in it, and nothing from anywhere else.
_CAGE = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; img-src data:;"
    " style-src 'unsafe-inline'; frame-ancestors 'self'"
)
_PLACES: Mapping[str, Place] = {place: place for place in get_args(Place)}


def answer(
    store: Store, server: MailServer, method: str, path: str, given: Mapping[str, str]
) -> Page:
    """What is at this address."""
    if method in ("POST", "DELETE"):
        return _done(store, server, path, given)
    if path == "/":
        to = given.get("to", "")
        return html(page.mails(store.all(to), to), policy=_PAGE)
    if path == "/mail.css":
        return style(resources.files(__package__).joinpath("mail.css").read_text("utf-8"))
    if path == "/api/mails":
        return as_json([_shown(mail) for mail in _asked(store, given)])
    found = _ONE.fullmatch(path)
    mail = store.find(int(found["number"])) if found else None
    if found is None or mail is None:
        return html(page.missing(), 404, policy=_PAGE)
    return _VIEWS[found["api"] or found["what"] or ""](mail)


_ONE = re.compile(r"(?P<api>/api)?/mails/(?P<number>[0-9]{1,9})(?P<what>/html|/source)?")
_VIEWS: Mapping[str, Callable[[Mail], Page]] = {
    "": lambda mail: html(page.mail(mail), policy=_PAGE),
    # Links open in a window of their own: this one is a cage.
    "/html": lambda mail: html(f'<base target="_blank">{mail.html}', policy=_CAGE),
    "/source": lambda mail: html(page.source(mail), policy=_PAGE),
    "/api": lambda mail: as_json(_shown(mail)),
}


def _asked(store: Store, given: Mapping[str, str]) -> tuple[Mail, ...]:
    count, wait = _whole(given, "count", 1), _whole(given, "wait", 0)
    return store.wait(
        given.get("to", ""), given.get("subject", ""), count or 0, min(wait or 0, _LONGEST)
    )


def _done(store: Store, server: MailServer, path: str, given: Mapping[str, str]) -> Page:
    if path in ("/clear", "/api/mails"):
        store.clear()
        return see_other("/")
    if path != "/api/trouble":
        return html(page.missing(), 404, policy=_PAGE)
    code, times = _whole(given, "code", 451), _whole(given, "times", 1)
    seconds, at = _whole(given, "seconds", 0), given.get("at", "data")
    is_code = code is not None and (code == 0 or 400 <= code < 600)
    if code is None or times is None or seconds is None or not is_code or at not in _PLACES:
        return as_json(
            {"error": f"code 0 or 400-599, whole numbers, at one of {', '.join(_PLACES)}"}, 400
        )
    server.troubles.extend([Trouble(code, _PLACES[at], seconds)] * min(times, 1_000))
    return as_json({"waiting": len(server.troubles)})


def _shown(mail: Mail) -> dict[str, object]:
    shown = asdict(mail) | {"received_at": mail.received_at.isoformat()}
    return shown | {"headers": [list(each) for each in mail.headers]}


def _whole(given: Mapping[str, str], name: str, default: int) -> int | None:
    value = given.get(name, str(default))
    return int(value) if value.isdecimal() else None
