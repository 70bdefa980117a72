"""What a scanned code turned out to be: as the centre says, without a line as it says itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from terminals.gate.scanned import PassCode
from terminals.gate.scanned import scan as read_pass
from terminals.qr.keys import read_public
from terminals.qr.tokens import Code, read
from terminals.till.centre import CentreRefused, CentreSilent, part
from terminals.till.counter.moment import moment_of
from terminals.till.enrolled import Till
from terminals.till.pull import known
from terminals.till.site import Site


@dataclass(frozen=True, slots=True)
class Seen:
    """What a code turned out to be. state: ok, expired, blocked or unknown; the rest as the
    centre knows it, None where it could not be asked. held: a pass nobody was asked about."""

    state: str
    kind: str = ""
    code: str = ""
    product: str | None = None
    is_enough: bool | None = None
    visits_left: int | None = None
    visits_today: int | None = None
    last_visit: Mapping[str, Any] | None = None
    valid_until: str | None = None
    held: PassCode | None = None


def look(site: Site, till: Till, text: str) -> Seen:
    """What the centre says of the code; without a line, what its signature says."""
    with site.journal.read() as connection:
        moment = moment_of(site, connection, till)
        keys = known(connection, till.code, "guest-keys")
    asked = {"amount_cents": str(moment.basket.total_cents)} if moment.basket else None
    path = f"/till/guest-codes/{part(text[:200] or '-')}"
    try:
        body = site.centre.get(path, till.token, asked=asked, quick=True).body
    except CentreRefused:
        return Seen("unknown")
    except CentreSilent as silent:
        site.line(till.code).failed(silent)
        return _read_alone(text, keys)
    names = Seen.__dataclass_fields__
    return Seen(**{name: value for name, value in body.items() if name in names})


def _read_alone(text: str, keys: Mapping[str, Any] | None) -> Seen:
    told = (keys or {"keys": []})["keys"]
    public, now = {each["id"]: read_public(each["public_key"]) for each in told}, datetime.now(UTC)
    held = read_pass(text, public, now)
    if isinstance(held, PassCode):
        return Seen("ok", "pass", held.code, held=held)
    code = read(text, public, now)
    if isinstance(code, Code):
        return Seen("ok", code.kind, code.code)
    return Seen("expired" if code.reason == "expired" else "unknown")
