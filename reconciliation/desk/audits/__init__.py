"""Surprise audits: the audit office at the door, one minute to the frozen figures."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID, uuid4

from flask import Blueprint, Response, current_app, request, url_for
from werkzeug.exceptions import BadRequest, NotFound

from ledger.permissions import Permission, needs
from reconciliation.audits.errors import AuditCounts, AuditFinished, AuditNotTheirs, AuditUnknown
from reconciliation.audits.protocol import (
    DENOMINATIONS,
    Audit,
    audits,
    begin_audit,
    find_audit,
    finish_audit,
    names_of,
    tills,
)
from reconciliation.desk.audits.findings import Finding, findings
from reconciliation.desk.page import books, caller, go, may, now, refusal, render

pages = Blueprint(
    "desk_audits", __name__, url_prefix="/desk/pruefungen", template_folder="templates"
)

AGAIN_AFTER_DAYS = 365


@dataclass(frozen=True, slots=True)
class AuditPage:
    """One audit: while it runs the count, afterwards the protocol. names: people by code."""

    audit: Audit
    findings: tuple[Finding, ...]
    is_mine: bool
    names: Mapping[str, str]
    typed: dict[int, str]
    problem: str | None = None


@pages.get("")
@needs(Permission.RECONCILE_READ)
def show() -> Response:
    """Every audit, and the tills with their last one."""
    at = now()
    with books().read_only() as session:
        found, places = audits(session), tills(session)
    late = {
        row.code for row in places
        if row.audited_at is None or (at - row.audited_at).days > AGAIN_AFTER_DAYS
    }  # fmt: skip
    return render("audits/list.html", audits=found, tills=places, late=late, key=uuid4(),
                  may_audit=may(Permission.AUDITS_WRITE))  # fmt: skip


@pages.post("")
@needs(Permission.AUDITS_WRITE)
def begin() -> Response:
    """Freeze a till."""
    try:
        key = UUID(request.form.get("key", ""))
        with books().transaction() as session:
            audit = begin_audit(session, caller(), request.form.get("till", ""), key=key, at=now())
    except ValueError as wrong:
        raise BadRequest from wrong
    except AuditUnknown as unknown:
        raise NotFound from unknown
    return go(url_for("desk_audits.show_audit", number=audit.number))


@pages.get("/<int:number>")
@needs(Permission.RECONCILE_READ)
def show_audit(number: int) -> Response:
    """The count or, once finished, the protocol, which prints on one sheet."""
    return _show(number)


@pages.post("/<int:number>")
@needs(Permission.AUDITS_WRITE)
def count(number: int) -> Response:
    """The count is finished."""
    typed = {cents: request.form.get(f"c{cents}", "").strip() for cents in DENOMINATIONS}
    pieces = {cents: int(said) if said.isdecimal() else -1 for cents, said in typed.items()}
    try:
        with books().transaction() as session:
            finish_audit(session, caller(), number, pieces,
                         remarks=request.form.get("remarks", "").strip(), at=now())  # fmt: skip
    except AuditUnknown as unknown:
        raise NotFound from unknown
    except (AuditFinished, AuditNotTheirs, AuditCounts) as refused:
        return _show(number, typed, refusal(refused))
    return go(url_for("desk_audits.show_audit", number=number))


def _show(number: int, typed: dict[int, str] | None = None, problem: str | None = None) -> Response:
    try:
        with books().read_only() as session:
            audit = find_audit(session, number)
            names = names_of(session, audit)
    except AuditUnknown as unknown:
        raise NotFound from unknown
    is_mine = caller().name == audit.auditor and may(Permission.AUDITS_WRITE)
    page = AuditPage(audit, findings(audit), is_mine, names, typed or {}, problem)
    template = "audits/protocol.html" if audit.finished_at else "audits/count.html"
    return render(template, 422 if problem else 200, page=page, denominations=DENOMINATIONS,
                  city=current_app.config["CITY"])  # fmt: skip
