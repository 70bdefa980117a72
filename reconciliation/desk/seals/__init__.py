"""Seals: how far the books are sealed, a check of the whole tree, and the proof of one entry."""

from dataclasses import dataclass

from flask import Blueprint, Response, jsonify, request, url_for
from sqlalchemy import text
from werkzeug.exceptions import BadRequest, NotFound

from ledger.permissions import Permission, needs
from ledger.proofs import Proof, check_books, prove
from ledger.staff.audit import record
from reconciliation.desk.asked import page_asked
from reconciliation.desk.downloads import attached
from reconciliation.desk.page import books, caller, go, may, now, render
from reconciliation.desk.seals.listing import PAGE, seals

LARGEST = 2**62
HOW = (
    "leaf = SHA-256(0x00 + canonical); follow `path` with `index` and `tree_size` as in RFC 9162,"
    " 2.1.3.2; inner nodes are SHA-256(0x01 + left + right); the result is `root` of seal `block`."
)

pages = Blueprint("desk_seals", __name__, url_prefix="/desk/siegel", template_folder="templates")


@dataclass(frozen=True, slots=True)
class Asked:
    """A proof that was asked for by number. state: valid, broken, waiting or unknown."""

    number: int
    state: str
    proof: Proof | None


@pages.get("")
@needs(Permission.RECONCILE_READ)
def show() -> Response:
    """How far the books are sealed."""
    return _page(None)


@pages.post("")
@needs(Permission.RECONCILE_DECIDE)
def check_now() -> Response:
    """Compute the whole tree again, now, and write down whether every seal fits."""
    with books().transaction() as session:
        # A second for every 100,000 entries: more than a page is usually given.
        session.execute(text("SET LOCAL statement_timeout = '2min'"))
        result = check_books(session, at=now())
        detail = {"tree_size": result.tree_size, "broken_block": result.broken_block}
        record(session, caller(), "books.checked", detail=detail)
    return go(url_for("desk_seals.show", geprueft=1))


@pages.get("/beweis")
@needs(Permission.RECONCILE_READ)
def prove_one() -> Response:
    """The proof of one entry, by its number."""
    number = _number(request.args.get("nummer", "").replace(".", "").strip())
    return _page(_proved(number))


@pages.get("/beweis/<int:entry>.json")
@needs(Permission.RECONCILE_READ)
def download(entry: int) -> Response:
    """The proof as a file, to be checked anywhere."""
    asked = _proved(entry)
    if asked.proof is None:
        raise NotFound
    answer = jsonify(asked.proof.document() | {"how": HOW})
    return attached(answer, f"beweis-{asked.proof.entry_id}.json")


def _proved(number: int) -> Asked:
    if number > LARGEST:
        return Asked(number, "unknown", None)
    with books().read_only() as session:
        proof = prove(session, number)
        exists = session.scalar(text("SELECT true FROM entry WHERE id = :id"), {"id": number})
    if proof is None:
        return Asked(number, "waiting" if exists else "unknown", None)
    return Asked(number, "valid" if proof.holds() else "broken", proof)


def _number(words: str) -> int:
    if not words.isdecimal():
        raise BadRequest
    return int(words)


def _page(asked: Asked | None) -> Response:
    number = page_asked()
    with books().read_only() as session:
        page = seals(session, page=number)
    return render(
        "seals/seals.html", page=page, number=number, last=max(1, -(-page.count // PAGE)),
        asked=asked, may_check=may(Permission.RECONCILE_DECIDE), at=now(),
        done="geprueft" in request.args,
    )  # fmt: skip
