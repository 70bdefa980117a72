"""Filling the basket: tiles, lines, fees with their case, rules and waivers."""

from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from typing import cast
from uuid import uuid4

from terminals.till import baskets, cases
from terminals.till.baskets import Basket
from terminals.till.counter.actions import Action, Form, number_of, text_of
from terminals.till.counter.moment import Acting
from terminals.till.counter.terminals import ask_all
from terminals.till.errors import TillRefusal
from terminals.till.pages import Screen

UNDO = timedelta(seconds=5)
SCREENS = ("sale", "receipts", "till", "notices")
LANGUAGES = ("de", "en")


def add(acting: Acting, form: Form) -> None:
    """A tile: one more of it; the first one after a sale begins the next guest's basket."""
    offer, on = acting.offer(text_of(form, "product")), _open_basket(acting)
    _keep(acting, baskets.add(on, offer, number_of(form, "quantity", 1)))
    acting.view = replace(acting.view.at(""), paid=None, said="", visit=None, cleared=None)


def line(acting: Acting, form: Form) -> None:
    """Mark a line, or change how many it has."""
    on, number = _open_basket(acting), number_of(form, "line")
    quantity = baskets.line_at(on, number).quantity
    match form.get("op", "mark"):
        case "mark":
            changed = replace(on, marked=number)
        case "more":
            changed = baskets.set_quantity(on, number, quantity + 1)
        case "less":
            changed = baskets.set_quantity(on, number, quantity - 1)
        case "remove":
            changed = baskets.set_quantity(on, number, 0)
        case "set":
            changed = baskets.set_quantity(on, number, number_of(form, "quantity"))
        case _:
            raise TillRefusal("form_incomplete", field="op")
    _keep(acting, changed)


def clear(acting: Acting, _form: Form) -> None:
    """Empty the basket; it can come back for a few seconds."""
    on = _open_basket(acting)
    until = acting.moment.now + UNDO
    cleared = {
        "lines": [asdict(each) for each in on.lines], "case": on.case_reference,
        "until": until.isoformat(),
    }  # fmt: skip
    _keep(acting, replace(on, lines=(), marked=None, case_reference=None))
    acting.view = replace(acting.view.at(""), cleared=cleared)


def undo_clear(acting: Acting, _form: Form) -> None:
    """Bring the emptied basket back."""
    cleared = acting.view.cleared
    acting.view = replace(acting.view, cleared=None)
    if cleared is None or datetime.fromisoformat(cleared["until"]) < acting.moment.now:
        return
    on = _open_basket(acting)
    if not on.lines:
        lines = tuple(baskets.Line(**each) for each in cleared["lines"])
        _keep(acting, replace(on, lines=lines, case_reference=cleared["case"]))


def case(acting: Acting, form: Form) -> None:
    """The number of the case the fees belong to; a check digit that does not fit stays open."""
    number = "".join(form.get("number", "").split())
    on = _open_basket(acting)
    if not number:
        _keep(acting, replace(on, case_reference=None))
        acting.view = acting.view.at("")
        return
    fault = cases.fault_of(number)
    if fault is not None:
        _keep(acting, replace(on, case_reference=None))
        acting.view = acting.view.at("", case=number, fault=fault.kind, digit=fault.digit)
        return
    earlier = cases.paid_before(acting.connection, number)
    if earlier is not None and form.get("anyway") != "1":
        acting.view = acting.view.at("case_paid", number=number, sale=str(earlier))
        return
    _keep(acting, replace(on, case_reference=number))
    acting.view = acting.view.at("")


def waive(acting: Acting, form: Form) -> None:
    """A fee that is not charged: first the reason, then the line."""
    number, on = number_of(form, "line"), _open_basket(acting)
    if not form.get("reason"):
        acting.view = acting.view.at("waive", line=number)
        return
    _keep(acting, baskets.waive(on, number, text_of(form, "reason")))
    acting.view = acting.view.at("")


def rule(acting: Acting, form: Form) -> None:
    """Switch a rule for the whole basket: its surcharge beside every fee it applies to."""
    code, on = text_of(form, "code"), _open_basket(acting)
    if any(each.product == code for each in on.lines):
        lines = tuple(each for each in on.lines if each.product != code)
        _keep(acting, replace(on, lines=lines, marked=None))
        acting.view = acting.view.at("")
        return
    offer = acting.offer(code)
    if not form.get("reason"):
        acting.view = acting.view.at("rule", code=code)
        return
    _keep(acting, baskets.add_to_every_fee(on, offer))
    acting.view = acting.view.at("")


def group(acting: Acting, form: Form) -> None:
    """Open a tab of tiles."""
    acting.view = replace(acting.view, group=text_of(form, "code"))


def search(acting: Acting, form: Form) -> None:
    """Look for an article by its name."""
    acting.view = acting.view.at("search", text=form.get("text", "").strip()[:40])


def go(acting: Acting, form: Form) -> None:
    """A key of the rail, or a chip: the terminal that is silent, what was not sent yet."""
    screen = text_of(form, "screen")
    if screen == "terminal":
        acting.view = replace(acting.view.at("terminal_down"), screen="sale")
        ask_all(acting)
        return
    if screen == "unsent":
        screen = "notices"
    if screen not in SCREENS:
        raise TillRefusal("form_incomplete", field="screen")
    acting.view = replace(acting.view.at(""), screen=cast(Screen, screen))


def back(acting: Acting, _form: Form) -> None:
    """Out of a task, nothing lost."""
    acting.view = acting.view.at("")


def language(acting: Acting, form: Form) -> None:
    """German or English, at once; the basket stays."""
    wanted = text_of(form, "to")
    if wanted not in LANGUAGES:
        raise TillRefusal("form_incomplete", field="to")
    acting.view = replace(acting.view, language="de" if wanted == "de" else "en")


def _open_basket(acting: Acting) -> Basket:
    """The basket on the counter, a fresh one where there is none. Raises TillRefusal."""
    on = acting.moment.basket
    if on is None:
        return baskets.start_basket(
            acting.connection, till=acting.moment.till.code, shift=acting.shift.code,
            key=uuid4(), now=acting.moment.now,
        )  # fmt: skip
    if on.state != "open":
        raise TillRefusal("basket_locked")
    return on


def _keep(acting: Acting, changed: Basket) -> None:
    baskets.keep(acting.connection, changed, acting.moment.now)


ACTIONS: Mapping[str, Action] = {
    "add": add, "line": line, "clear": clear, "undo_clear": undo_clear, "case": case,
    "waive": waive, "rule": rule, "group": group, "search": search, "go": go, "back": back,
    "language": language,
}  # fmt: skip
