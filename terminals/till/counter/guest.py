"""The guest's display: the same moment of the till as its register, told to the guest."""

from collections.abc import Mapping
from dataclasses import replace
from uuid import UUID

from terminals.till import attempts
from terminals.till.attempts import Attempt
from terminals.till.counter.column import column_of
from terminals.till.counter.moment import Moment
from terminals.till.counter.stages.card import payment_of
from terminals.till.counter.terminals import lane_of
from terminals.till.links import link_document
from terminals.till.pages import GuestLine, GuestPage, GuestStep, Language, Paid
from terminals.till.payments import LINK, WALLET

# What the device does, by what the guest has to do; anything else is a moment's wait.
STEPS: Mapping[str, GuestStep] = {
    "card": "card", "amount": "terminal", "choosing": "terminal", "pin": "pin", "pin_again": "pin",
    "bank": "bank", "promised": "bank", "refusing": "bank", "remove_card": "remove_card",
    "card_refused": "other_card",
}  # fmt: skip
TASKS: Mapping[str, GuestStep] = {"cash": "cash", "declined": "declined", "wallet": "code"}


def no_till(version: int, language: Language) -> GuestPage:
    """A browser that is no till shows that nobody is served here."""
    return GuestPage("", version, "closed", language)


def guest_page(moment: Moment, version: int, language: Language) -> GuestPage:
    """What the guest in front of this till sees now."""
    shown = replace(moment, view=replace(moment.view, language=language))
    page = GuestPage(moment.till.facility_name, version, "ready", language)
    running = payment_of(moment) or _giving_back(moment)
    if running is not None:
        return _running(shown, page, running)
    if moment.till.person is None or moment.shift is None:
        return replace(page, step="closed")
    column = column_of(shown)
    if isinstance(column, Paid):
        return _paid(page, column)
    if not column.lines:
        return replace(page, step="closed" if moment.till.is_locked else "ready")
    step = "wait" if moment.till.is_locked else _step_of(moment)
    return _with_basket(shown, replace(page, step=step))


def _step_of(moment: Moment) -> GuestStep:
    """Where a filled basket is on its way to be paid."""
    if moment.view.task == "wallet" and moment.view.data.get("problem") == "short":
        return "short"
    return TASKS.get(moment.view.task, "basket")


def _running(moment: Moment, page: GuestPage, of: Attempt) -> GuestPage:
    page = replace(_with_basket(moment, page), amount_cents=of.amount_cents)
    if of.adapter == LINK:
        is_there = link_document(moment.connection, of) is not None
        qr = f"/kasse/picture/{of.id}.svg" if is_there else ""
        return replace(page, step="link" if qr else "wait", qr=qr)
    if of.state == "unknown":
        return replace(page, step="unclear")
    step = "wait" if of.adapter == WALLET else _device_step(moment, of)
    is_back = of.kind != "payment" and step in {"card", "wait"}
    return replace(page, step="back" if is_back else step)


def _device_step(moment: Moment, of: Attempt) -> GuestStep:
    lane = lane_of(moment, of)
    live = lane.live if lane is not None else None
    if live is None or live.attempt != of.id or not live.heard:
        return "wait"
    return STEPS.get(live.heard[-1].news.step, "wait")


def _giving_back(moment: Moment) -> Attempt | None:
    """The card that is given money back at the moment."""
    if moment.view.task != "giving_back":
        return None
    of = attempts.find_attempt(moment.connection, UUID(moment.view.data["attempt"]))
    is_open = of is not None and of.state in attempts.OPEN and of.statement is None
    return of if is_open else None


def _with_basket(moment: Moment, page: GuestPage) -> GuestPage:
    on = moment.basket
    if on is None:
        return page
    lines = tuple(
        GuestLine(line.quantity, moment.name_of(line.name, line.name_en), line.amount_cents)
        for line in on.lines
    )
    return replace(page, lines=lines, amount_cents=on.total_cents)


def _paid(page: GuestPage, paid: Paid) -> GuestPage:
    step: GuestStep = "paid"
    if paid.way in {"notice", "free"}:
        step = "notice" if paid.way == "notice" else "free"
    return replace(
        page, step=step, way=paid.way, amount_cents=paid.amount_cents,
        change_cents=paid.change_cents, qr=paid.qr,
    )  # fmt: skip
