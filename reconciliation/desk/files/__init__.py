"""Statements and files: is everything here, what came, and bringing a file by hand."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from flask import Blueprint, Response, current_app, make_response, request, url_for
from werkzeug.exceptions import BadRequest, NotFound, RequestEntityTooLarge

from ledger.calendar import business_day
from ledger.permissions import Permission, needs
from reconciliation.desk.asked import page_asked
from reconciliation.desk.downloads import attached
from reconciliation.desk.files.lines import (
    STATES,
    PreviewLine,
    answer,
    line_of,
    preview_lines,
)
from reconciliation.desk.files.matrix import matrix
from reconciliation.desk.page import books, caller, go, may, now, render, takes_a_file
from reconciliation.errors import DangerousFile
from reconciliation.inbox import Bringer, held_file
from reconciliation.inbox.preview import preview, take_bytes, take_previewed
from reconciliation.inbox.queries import (
    PAGE,
    deliveries,
    delivery_of,
    open_count,
    raw_file,
)
from reconciliation.inbox.words import refusal_words

UPLOAD_BYTES = 128 * 2**20  # larger ones go into the folder, where no browser has to wait
SHOWN = ("taken", "corrected", "known", "kept", "held", "refused")
_PLAIN_NAME = re.compile(r"[^0-9A-Za-zÄÖÜäöüß._ -]")

pages = Blueprint("desk_files", __name__, url_prefix="/desk/dateien", template_folder="templates")


@pages.get("")
@needs(Permission.RECONCILE_READ)
def show() -> Response:
    """What came in the last two weeks and what did not, then every delivery."""
    state, page = request.args.get("zustand", ""), page_asked()
    if state not in ("", *SHOWN):
        raise BadRequest
    with books().read_only() as session:
        grid = matrix(session, business_day(now()))
        found, count = deliveries(session, state=state, page=page)
        held = open_count(session)
    last = max(1, -(-count // PAGE))
    return render(
        "files/files.html", grid=grid, lines=[line_of(one) for one in found], count=count,
        answer=answer(grid, held), tabs=_tabs(state), page=page, last=last,
        previous=_list(state, page - 1) if page > 1 else "",
        following=_list(state, page + 1) if page < last else "",
        may_bring=may(Permission.FILES_WRITE), folder=current_app.extensions.get("inbox"),
    )  # fmt: skip


@pages.get("/<int:number>")
@needs(Permission.RECONCILE_READ)
def one(number: int) -> Response:
    """One delivery with everything that was in it."""
    with books().read_only() as session:
        found = delivery_of(session, number)
    if found is None:
        raise NotFound
    can_release = found.is_open and may(Permission.FILES_WRITE)
    return render("files/delivery.html", line=line_of(found), can_release=can_release)


@pages.get("/<int:number>/roh")
@needs(Permission.RECONCILE_READ)
def raw(number: int) -> Response:
    """The file as it came, to keep or to send back; never shown by the browser."""
    with books().read_only() as session:
        found = raw_file(session, number)
    if found is None:
        raise NotFound
    name, content = found
    answered = make_response(content)
    answered.mimetype = "application/octet-stream"
    answered.headers["X-Content-Type-Options"] = "nosniff"
    return attached(answered, _ascii(name))


@pages.post("/ansehen")
@needs(Permission.FILES_WRITE)
@takes_a_file
def look() -> Response:
    """What an uploaded file is and would change; nothing is booked by it."""
    request.max_content_length = UPLOAD_BYTES
    try:
        with _uploaded() as (path, name), books().transaction() as session:
            seen = preview(session, path, name, caller().name)
            lines = preview_lines(seen)
    except RequestEntityTooLarge:
        danger = DangerousFile("file_size", str(request.content_length or UPLOAD_BYTES))
        said = refusal_words(danger.code, {"reason": danger.reason, "found": danger.found})
        refused = [PreviewLine("Hochgeladene Datei", said, "break")]
        return render("files/preview.html", 413, name="", lines=refused, seen=None)
    status = 200 if seen.is_kept else 422
    return render("files/preview.html", status, name=name, lines=lines, seen=seen)


@pages.post("/einlesen")
@needs(Permission.FILES_WRITE)
def bring() -> Response:
    """Take in the file that was looked at; with `korrektur` it replaces what is here."""
    try:
        sha256 = bytes.fromhex(request.form.get("pruefsumme", ""))
    except ValueError as wrong:
        raise BadRequest from wrong
    bringer = Bringer("upload", caller().name, is_correction="korrektur" in request.form)
    with books().transaction() as session:
        found = take_previewed(session, sha256, bringer)
    if not found:
        raise NotFound
    return go(url_for("desk_files.one", number=found[0].id))


@pages.post("/<int:number>/uebernehmen")
@needs(Permission.FILES_WRITE)
def release(number: int) -> Response:
    """Take a held file after all: it is the right version."""
    with books().transaction() as session:
        held = held_file(session, number)
        if held is None:
            raise NotFound
        bringer = Bringer("upload", caller().name, is_correction=True, releases=number)
        [found] = take_bytes(session, held[1], held[0], bringer)
    return go(url_for("desk_files.one", number=found.id))


def _tabs(state: str) -> list[tuple[str, None, str, bool]]:
    words = {"": "Alle"} | {each: STATES[each] for each in SHOWN}
    return [(word, None, _list(each, 1), each == state) for each, word in words.items()]


def _list(state: str, page: int) -> str:
    return url_for("desk_files.show", zustand=state or None, seite=page if page > 1 else None)


@contextmanager
def _uploaded() -> Iterator[tuple[Path, str]]:
    sent = request.files.get("datei")
    if sent is None or not sent.filename:
        raise BadRequest
    with TemporaryDirectory(prefix="stadtkasse-upload-") as folder:
        path = Path(folder) / "file"
        sent.save(path)
        sent.close()
        # The name is shown and kept, never used as a path; no control characters, no folders.
        yield path, _plain(sent.filename)


def _plain(name: str) -> str:
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    return _PLAIN_NAME.sub("_", last)[:120] or "datei"


def _ascii(name: str) -> str:
    return _plain(name).encode("ascii", "replace").decode().replace("?", "_")
