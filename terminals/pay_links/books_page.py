"""How the books prove that nobody changed them: for everybody, and for who wants to compute it.

The checkpoint is a signed note (C2SP): three lines of text and an Ed25519 signature, which tools
for transparency logs read.
"""

import base64
import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from flask import Blueprint, Response
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ledger.permissions import Permission, needs
from ledger.proofs import Check, broken_since, last_check
from ledger.tables.books import block, entry
from terminals.face.moment import now
from terminals.face.page import books, render
from terminals.guest_code_api import guest_keys
from terminals.mail.letters import origin
from terminals.qr.keys import KeyRing

books_pages = Blueprint("integrity", __name__, url_prefix="/buecher", template_folder="templates")

LATE = timedelta(hours=1)
_ED25519 = b"\x01"  # the kind of key, as signed notes number them


@dataclass(frozen=True, slots=True)
class Sealed:
    """The newest seal and what waits for the next one."""

    number: int
    tree_size: int
    root: bytes
    sealed_at: datetime
    waiting_count: int


@dataclass(frozen=True, slots=True)
class BooksPage:
    """state: "checked", "late" or "failed" since `failed_since`. key: of the signature."""

    state: str
    sealed: Sealed | None
    check: Check | None
    failed_since: datetime | None
    key: str | None
    host: str


@books_pages.get("")
@needs(Permission.PUBLIC_USE)
def show() -> Response:
    """How many entries are sealed, since when, and when all of it was last computed again."""
    with books().read_only() as session:
        sealed, check, since = newest_seal(session), last_check(session), broken_since(session)
    ring = guest_keys()
    page = BooksPage(
        _state(sealed, since, now()), sealed, check, since, key_text(_name(), ring), _host()
    )
    return render("pay_links/books.html", page)


@books_pages.get("/pruefpunkt")
@needs(Permission.PUBLIC_USE)
def checkpoint() -> Response:
    """The newest seal as a signed note; 404 before the first."""
    with books().read_only() as session:
        sealed = newest_seal(session)
    if sealed is None:
        return Response("", 404, mimetype="text/plain")
    return Response(
        signed_note(_name(), sealed, guest_keys()), mimetype="text/plain; charset=utf-8"
    )


def newest_seal(session: Session) -> Sealed | None:
    """The newest block, with the number of entries behind it."""
    columns = (block.c.number, block.c.tree_size, block.c.root, block.c.sealed_at)
    newest = select(*columns, block.c.last_entry).order_by(block.c.number.desc()).limit(1)
    row = session.execute(newest).one_or_none()
    if row is None:
        return None
    behind = select(func.count()).select_from(entry).where(entry.c.id > row.last_entry)
    return Sealed(row.number, row.tree_size, row.root, row.sealed_at, session.scalar(behind) or 0)


def signed_note(name: str, sealed: Sealed, ring: KeyRing) -> str:
    """The checkpoint of a seal, signed by the newest key of the ring."""
    root = base64.b64encode(sealed.root).decode()
    text = f"{name}\n{sealed.tree_size}\n{root}\n"
    public = ring.signing.private.public_key().public_bytes_raw()
    signature = _key_hash(name, public) + ring.signing.private.sign(text.encode())
    return f"{text}\n— {name} {base64.b64encode(signature).decode()}\n"


def key_text(name: str, ring: KeyRing) -> str:
    """The public key as tools for signed notes take it: name, hash, and the key itself."""
    public = ring.signing.private.public_key().public_bytes_raw()
    written = base64.b64encode(_ED25519 + public).decode()
    return f"{name}+{_key_hash(name, public).hex()}+{written}"


def _key_hash(name: str, public: bytes) -> bytes:
    return hashlib.sha256(name.encode() + b"\n" + _ED25519 + public).digest()[:4]


def _state(sealed: Sealed | None, failed_since: datetime | None, at: datetime) -> str:
    if failed_since is not None:
        return "failed"
    is_late = sealed is not None and sealed.waiting_count and at - sealed.sealed_at > LATE
    return "late" if is_late else "checked"


def _name() -> str:
    """Of the log: our host and what it is about."""
    return f"{_host()}/buecher"


def _host() -> str:
    return urlsplit(origin()).netloc
