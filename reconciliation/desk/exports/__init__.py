"""Übergaben: what was handed over to the finance system and the bank, and what is next."""

from base64 import b64encode
from collections.abc import Iterator, Mapping
from typing import cast
from uuid import UUID

from flask import Blueprint, Response, current_app, request, stream_with_context, url_for
from sqlalchemy.orm import Session
from werkzeug.exceptions import NotFound

from ledger.errors import LedgerError
from ledger.permissions import Permission, needs
from reconciliation.desk.downloads import attached
from reconciliation.desk.exports import words
from reconciliation.desk.exports.page import batch_page, list_page, new_page
from reconciliation.desk.page import books, caller, go, may, now, refusal, render
from reconciliation.errors import ReconciliationError
from reconciliation.exports import Settings
from reconciliation.exports.batches import create_batches
from reconciliation.exports.handover import (
    PAYMENT_FORMATS,
    STEPS,
    Batch,
    content,
    find_batch,
    note_step,
    parts,
)
from reconciliation.exports.refusals import ExportRefused
from reconciliation.exports.sepa.files import create_files, refuse_file, release_file
from reconciliation.exports.sepa.orders import release_order, stop_order

pages = Blueprint(
    "desk_exports", __name__, url_prefix="/desk/uebergaben", template_folder="templates"
)

MIMETYPES = {".csv": "text/csv", ".xml": "application/xml"}


@pages.get("")
@needs(Permission.RECONCILE_READ)
def show() -> Response:
    """The batches, the newest first; `?format=` of one format, `?neu=` how many were just made."""
    with books().read_only() as session:
        page = list_page(session, request.args.get("format"))
    made = request.args.get("neu", type=int)
    return render("exports/list.html", page=page, words=words, made=made, may_write=_may_write())


@pages.get("/neu")
@needs(Permission.RECONCILE_READ)
def preview() -> Response:
    """What a new batch of `?format=` would take, and what is held back and why."""
    return _preview(request.args.get("format", "journal_csv"))


@pages.post("/neu")
@needs(Permission.EXPORTS_WRITE)
def create() -> Response:
    """Make the batches; the list shows them."""
    format = request.form.get("format", "")
    if format not in words.offered(_settings()):
        raise NotFound
    try:
        with books().transaction() as session:
            make = create_files if format in PAYMENT_FORMATS else create_batches
            made = make(session, caller(), format, settings=_settings(), at=now())
    except (ReconciliationError, LedgerError) as error:
        return _preview(format, refusal(error), status=422)
    if len(made) == 1:
        return go(url_for("desk_exports.show_one", format=format, number=made[0], neu=1))
    return go(url_for("desk_exports.show", format=format, neu=len(made)))


@pages.get("/<format>/<int:number>")
@needs(Permission.RECONCILE_READ)
def show_one(format: str, number: int) -> Response:
    """One batch: its sums and hash, who did what, and what can be done with it."""
    return _one(format, number)


@pages.get("/<format>/<int:number>/datei")
@needs(Permission.EXPORTS_WRITE)
def download(format: str, number: int) -> Response:
    """The file as it was made, byte for byte, however often."""
    database = books()
    try:
        with database.read_only() as session:
            batch = _found(session, format, number)
            content(session, batch)
    except ReconciliationError as error:
        return _one(format, number, refusal(error), status=409)

    def stream() -> Iterator[bytes]:
        with database.read_only() as session:
            yield from parts(session, batch)

    suffix = batch.name[batch.name.rfind(".") :]
    response = Response(stream_with_context(stream()), mimetype=MIMETYPES.get(suffix, "text/plain"))
    response.headers["Content-Length"] = str(batch.byte_count)
    response.headers["Repr-Digest"] = f"sha-256=:{b64encode(batch.sha256).decode()}:"
    return attached(response, batch.name)


@pages.post("/<format>/<int:number>/schritt")
@needs(Permission.EXPORTS_WRITE)
def step(format: str, number: int) -> Response:
    """Note that it was sent, taken or refused over there."""
    kind, said = request.form.get("kind", ""), request.form.get("words", "").strip()
    try:
        with books().transaction() as session:
            batch = _found(session, format, number)
            if kind not in STEPS:
                raise ExportRefused("export_words", kind=kind)
            note_step(session, caller(), batch, kind, words=said or None, at=now())
    except ReconciliationError as error:
        return _one(format, number, refusal(error), status=422)
    return go(url_for("desk_exports.show_one", format=format, number=number, schritt=kind))


@pages.post("/<format>/<int:number>/freigabe")
@needs(Permission.APPROVALS_DECIDE)
def decide(format: str, number: int) -> Response:
    """Let a file for the bank go, or not, as the second person."""
    said = request.form.get("words", "").strip()
    try:
        with books().transaction() as session:
            _found(session, format, number)
            if request.form.get("decision") == "released":
                release_file(session, caller(), format, number, settings=_settings(), at=now())
            else:
                refuse_file(session, caller(), format, number, words=said, at=now())
    except (ReconciliationError, LedgerError) as error:
        return _one(format, number, refusal(error), status=422)
    return go(url_for("desk_exports.show_one", format=format, number=number))


@pages.post("/auftraege/<uuid:order>/freigabe")
@needs(Permission.APPROVALS_DECIDE)
def decide_order(order: UUID) -> Response:
    """Let an order go into the next file, or stop it, as the second person."""
    deed = release_order if request.form.get("decision") == "released" else stop_order
    try:
        with books().transaction() as session:
            deed(session, caller(), order, at=now())
    except ReconciliationError as error:
        return _preview("pain001", refusal(error), status=422)
    return go(url_for("desk_exports.preview", format="pain001"))


def _preview(format: str, problem: str | None = None, status: int = 200) -> Response:
    offered = words.offered(_settings())
    if format not in offered:
        raise NotFound
    with books().read_only() as session:
        page = new_page(session, format, _settings(), at=now())
    why = {one.code: _said(one.code) for one in page.held}
    return render(
        "exports/new.html", status, page=page, words=words, titles=offered, why=why,
        problem=problem, may_write=_may_write(), may_release=may(Permission.APPROVALS_DECIDE),
        me=caller().name,
    )  # fmt: skip


def _one(format: str, number: int, problem: str | None = None, status: int = 200) -> Response:
    try:
        with books().read_only() as session:
            page = batch_page(session, caller(), format, number)
    except ExportRefused as unknown:
        raise NotFound from unknown
    return render(
        "exports/batch.html", status, page=page, words=words, problem=problem,
        may_write=_may_write(), may_release=may(Permission.APPROVALS_DECIDE),
        step=request.args.get("schritt"), is_new="neu" in request.args,
    )  # fmt: skip


def _found(session: Session, format: str, number: int) -> Batch:
    try:
        return find_batch(session, format, number)
    except ExportRefused as unknown:
        raise NotFound from unknown


def _settings() -> Mapping[str, Settings]:
    return cast(Mapping[str, Settings], current_app.extensions["exports"])


def _may_write() -> bool:
    return may(Permission.EXPORTS_WRITE)


def _said(code: str) -> str:
    return cast(str, current_app.extensions["refusal"](code))
