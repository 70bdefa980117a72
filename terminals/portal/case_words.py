"""How a case reads to whoever asked: where it stands, what was said, and what can be done."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid4

from flask import url_for

from ledger.calendar import business_day
from ledger.cases import Case
from terminals.face.page import day, money, say

KINDS = frozenset({"charge_dispute", "missing_transfer", "unknown_payment", "closing"})
_SHAPES = {
    "granted": ("good", "check"), "partly": ("good", "check"), "refused": ("", "info"),
    "withdrawn": ("", "undo"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Said:
    """Something one side said: head: who and when; what: the reason that was picked, or ""."""

    head: str
    what: str
    words: str


@dataclass(frozen=True, slots=True)
class CaseShown:
    """A case in words. kind, shape: of its state. charge: address of the charge it is about."""

    id: UUID
    title: str
    opened_on: date
    state: str
    kind: str
    shape: str
    said: Sequence[Said]
    charge: str | None
    may_withdraw: bool
    may_ask_again: bool
    key: UUID


def shown(case: Case) -> CaseShown:
    """The case as its page shows it."""
    kind, shape = _SHAPES.get(case.state, ("warm", "clock"))
    title = say(f"cases.kind.{case.kind}" if case.kind in KINDS else "cases.kind.other")
    if case.kind == "missing_transfer" and case.amount_cents:
        title = f"{title}, {money(case.amount_cents)}"
    about_charge = case.kind == "charge_dispute" and case.subject
    return CaseShown(
        case.id, title, business_day(case.opened_at), _state(case), kind, shape, _said(case),
        url_for("movement.show", movement_id=case.subject) if about_charge else None,
        case.state == "open", case.may_ask_again, uuid4(),
    )  # fmt: skip


def _state(case: Case) -> str:
    given = case.answer.amount_cents if case.answer else None
    match case.state:
        case "granted" | "partly" if given:
            name = "disp.yes" if case.state == "granted" else "disp.part"
            return say(name, amount=money(given))
        case "granted" | "partly" | "refused":
            return say(f"cases.state.{case.state}")
        case "withdrawn":
            return say("disp.withdrawn", day=_on(case.changed_at))
    return say("disp.open", day=day(case.answer_by))


def _said(case: Case) -> list[Said]:
    said = []
    for step in case.steps:
        mine = f"{say('disp.your_text')}, {_on(step.at)}"
        if step.kind == "opened":
            what = say(f"disp.reason.{case.reason}") if case.kind == "charge_dispute" else ""
            said.append(Said(mine, what, case.words or ""))
        elif step.kind == "asked_again":
            said.append(Said(mine, "", step.words or ""))
        elif step.kind in ("granted", "partly", "refused"):
            said.append(Said(f"{say('disp.answer')}, {_on(step.at)}", "", step.words or ""))
    return [one for one in said if one.what or one.words]


def _on(at: datetime) -> str:
    return day(business_day(at), "long")
