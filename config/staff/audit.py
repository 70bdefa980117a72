"""The audit log to read: who did what when, by person, subject and day."""

import json
from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, request, url_for

from config.access import may
from config.staff.deeds import DEEDS
from config.staff.page import books, caller, render, shell
from config.web.formats import euro
from config.web.pages.staff import AuditPage, DeedLine
from config.web.words import word
from ledger.permissions import Permission, needs
from ledger.staff.audit import PAGE, WITHOUT_MONEY, Deed, Filter, deeds

SUBJECTS: Mapping[str, str] = MappingProxyType(
    {
        "sign_in": "Anmeldung", "session": "Sitzungen", "staff": "Mitarbeitende", "pin": "PIN",
        "device": "Geräte", "approval": "Freigaben", "till": "Kassen", "charge": "Verkäufe",
        "family": "Familien", "payer": "Zahlende", "payment": "Online-Zahlungen",
        "case": "Anfragen", "subsidy": "Zuschüsse", "sample": "Stichproben",
        "data_carrier": "Datenträger",
        "price": "Preise",
    }
)  # fmt: skip

# What was done, in words; whatever is not here is shown by its name.
_NAMES: Mapping[str, str] = MappingProxyType(
    {
        "address": "Adresse",
        "role": "Rolle",
        "facility": "Stelle",
        "reason": "Grund",
        "decision": "Entscheidung",
        "amount_cents": "Betrag",
        "before_cents": "vorher",
        "product": "Produkt",
        "valid_from": "gilt ab",
        "difference_cents": "Differenz",
        "till": "Kasse",
        "terminal": "Terminal",
        "person": "Person",
        "kind": "Art",
        "name": "Name",
        "answer": "Antwort",
        "refund": "Rückzahlung",
        "first": "von",
        "last": "bis",
        "count": "Anzahl",
        "seed": "Startwert",
        "block": "Siegelblock",
        "account": "Konto",
        "sealed_at": "versiegelt am",
        "population": "Buchungen im Ganzen",
        "population_cents": "Betrag im Ganzen",
    }
)

LAST = 2**63 - 1  # no row has a larger number

pages = Blueprint("audit", __name__, url_prefix="/staff/audit")


@pages.get("")
@needs(Permission.AUDIT_READ)
def show() -> Response:
    """The newest deeds, or those before one of them."""
    asked = request.args
    with_money = may(caller(), Permission.APPROVALS_READ)
    day, problem = _day(asked.get("day", ""))
    only = Filter(asked.get("who", "").strip() or None, asked.get("subject") or None, day)
    with books().read_only() as session:
        before = min(asked.get("before", LAST, type=int), LAST)
        found = deeds(session, only=only, before=before, with_money=with_money, limit=PAGE + 1)
    shown = found[:PAGE]
    page = AuditPage(
        shell(), [_line(deed) for deed in shown], only.who or "", only.subject or "", day,
        [(subject, name) for subject, name in SUBJECTS.items()
         if with_money or subject in WITHOUT_MONEY],
        with_money, _older(shown[-1].id) if len(found) > PAGE else None, problem,
    )  # fmt: skip
    return render("audit.html", page)


def _line(deed: Deed) -> DeedLine:
    facts = [(_NAMES.get(name, name), _plain(name, value)) for name, value in deed.detail.items()]
    words = DEEDS.get(deed.what, deed.what)
    return DeedLine(
        deed.at, deed.who, deed.name, deed.role, words, deed.what, deed.about, facts
    )  # fmt: skip


def _plain(name: str, value: Any) -> str:
    """A detail as one reads it: money as money, codes as words, what is nested as it is."""
    if name.endswith("_cents") and isinstance(value, int):
        return euro(value)
    return word(value) if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _day(given: str) -> tuple[date | None, str | None]:
    try:
        return (date.fromisoformat(given) if given else None), None
    except ValueError:
        return None, "Diesen Tag gibt es nicht; gezeigt werden alle."


def _older(last: int) -> str:
    kept = {name: request.args[name] for name in ("who", "subject", "day") if name in request.args}
    return f"{url_for('audit.show')}?{urlencode(kept | {'before': str(last)})}"
