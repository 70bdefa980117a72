"""Paying: the pay keys, what can be done while a terminal works, and while its end is unknown."""

from collections.abc import Mapping
from dataclasses import replace
from uuid import UUID, uuid4

from terminals.till import attempts, links, payments
from terminals.till.attempts import Attempt
from terminals.till.baskets import find_basket
from terminals.till.counter import terminals
from terminals.till.counter.actions import Action, Form, key_of, number_of, text_of
from terminals.till.counter.moment import Acting
from terminals.till.counter.prices import brought_up_to_date
from terminals.till.counter.voiding import begin_void
from terminals.till.errors import TillRefusal
from terminals.till.lanes import Lane
from terminals.till.papers import Printing
from terminals.till.sales import Sale, find_sale

STATEMENTS = ("paid", "not_paid", "dont_know")


def pay(acting: Acting, form: Form) -> None:
    """A pay key. A card goes to its terminal at once; the others open their screen."""
    acting.view = replace(acting.view, paid=None, said="", cleared=None)
    if brought_up_to_date(acting):
        return
    match text_of(form, "way"):
        case "card":
            _pay_by_card(acting, key_of(form))
        case "free":
            _show(acting, payments.hand_out(acting.connection, acting.desk, key=key_of(form)))
        case "cash" | "wallet" as way:
            payments.payable(acting.connection, acting.moment.till.code)
            acting.view = acting.view.at(way)
        case "notice":
            payments.payable(acting.connection, acting.moment.till.code)
            acting.view = acting.view.at("notice")
        case "link":
            _pay_by_link(acting, key_of(form))
        case _:
            raise TillRefusal("not_here")


def cash(acting: Acting, form: Form) -> None:
    """The guest gave so much; the drawer opens and the change is shown."""
    if brought_up_to_date(acting):
        return
    sold = payments.pay_in_cash(
        acting.connection, acting.desk, key=key_of(form),
        tendered_cents=number_of(form, "tendered_cents"),
    )  # fmt: skip
    _show(acting, sold)
    printing = Printing(acting.moment.site.printers.get(sold.till))
    acting.after.append(printing.open_drawer)


def notice(acting: Acting, form: Form) -> None:
    """A fee notice instead of money; where to pay it is shown as soon as it is known."""
    if brought_up_to_date(acting):
        return
    sold = payments.issue_notice(acting.connection, acting.desk, key=key_of(form))
    _show(acting, sold)
    acting.view = acting.view.at("notice", sale=str(sold.key))


def retry(acting: Acting, form: Form) -> None:
    """Once more by card, at the terminal that was tried."""
    tried = acting.view.data.get("attempt") if acting.view.task == "declined" else None
    of = tried and attempts.find_attempt(acting.connection, UUID(tried))
    lane = terminals.lane_of(acting.moment, of) if of else None
    if not brought_up_to_date(acting):
        _pay_by_card(acting, key_of(form), lane)


def use_terminal(acting: Acting, form: Form) -> None:
    """This payment at another terminal of the site, while the till's own one is silent."""
    code, key = text_of(form, "terminal"), key_of(form)
    is_again = attempts.find_attempt(acting.connection, key) is not None
    if not is_again and not brought_up_to_date(acting):
        _pay_by_card(acting, key, terminals.other(acting.moment, code))


def cancel(acting: Acting, form: Form) -> None:
    """Ask the terminal to end; what comes of it the terminal says."""
    of = _attempt(acting, form)
    if of.adapter == payments.LINK:
        _take_link_back(acting, of)
        return
    if of.adapter == payments.WALLET:  # the centre has answered before a cancel arrives
        return
    if of.state == "started" and of.cancelled_at is None:
        attempts.mark(acting.connection, of.id, cancelled_at=acting.moment.now)
        acting.after.append(_lane_of(acting, of).cancel)


def check(acting: Acting, form: Form) -> None:
    """Ask the terminal now what became of it."""
    of = _attempt(acting, form)
    if of.state != "unknown":
        return
    if of.adapter in payments.CENTRES:
        site = acting.moment.site
        acting.after.append(lambda: _asked(site.ask_centre(of.till)))
        return
    lane = _lane_of(acting, of)
    acting.after.append(lambda: lane.resolve(of.id))


def park(acting: Acting, _form: Form) -> None:
    """The next guest; the locked basket waits among the notices."""
    if acting.moment.basket is not None:
        payments.park(acting.connection, acting.moment.basket, acting.moment.now)
        acting.view = acting.view.at("").saying("parked", "warning")


def say(acting: Acting, form: Form) -> None:
    """What the terminal showed, said by a person; "not paid" needs the manager."""
    of, what = _attempt(acting, form), text_of(form, "what")
    if what not in STATEMENTS or of.state != "unknown":
        raise TillRefusal("form_incomplete", field="what")
    desk = acting.desk
    if what == "not_paid":
        pin = form.get("pin", "")
        if not pin:
            acting.view = acting.view.at("say", attempt=str(of.id), what=what)
            return
        manager = acting.person_with(pin)
        if not manager.is_manager:
            acting.view = acting.view.at("say", attempt=str(of.id), what=what, refused=True)
            return
        desk = replace(desk, person=manager.code)
    payments.state_what_was_seen(acting.connection, desk, of, statement=what, new_basket=uuid4())
    acting.view = acting.view.at("").saying("statement_kept", "info")
    if what == "paid":
        acting.view = replace(acting.view, paid=str(of.id))
    acting.nudge()


def keep(acting: Acting, _form: Form) -> None:
    """The payment was faster than the cancel: it stays."""
    acting.view = replace(acting.view, said="")


def take_back(acting: Acting, form: Form) -> None:
    """A payment that nobody wants is reversed, and recorded."""
    of = _attempt(acting, form)
    sold = find_sale(acting.connection, of.id)
    if sold is None:
        raise TillRefusal("sale_not_paid", number="")
    begin_void(acting, sold, key=key_of(form), reason="unwanted")


def number(acting: Acting, _form: Form) -> None:
    """The number of a card is typed instead of scanned."""
    acting.view = acting.view.at("number")


def other(acting: Acting, _form: Form) -> None:
    """Another way to pay: back to the basket."""
    acting.view = acting.view.at("")


def reconnect(acting: Acting, _form: Form) -> None:
    """Look whether the terminal is there, and how the others of the site are."""
    acting.view = acting.view.at("terminal_down")
    terminals.ask_all(acting)


def resume(acting: Acting, form: Form) -> None:
    """A parked basket comes back to the counter, once it is clear that it was not paid."""
    held = find_basket(acting.connection, key_of(form, "basket"))
    if acting.moment.basket is not None and acting.moment.basket.lines:
        raise TillRefusal("basket_not_empty")
    if held is None or held.till != acting.moment.till.code or held.state != "parked":
        raise TillRefusal("basket_empty")
    if any(one.state in attempts.OPEN for one in attempts.attempts_of(acting.connection, held.id)):
        raise TillRefusal("payment_open")
    payments.unpark(acting.connection, held, acting.moment.basket, acting.moment.now)
    acting.view = replace(acting.view.at(""), screen="sale")


def _pay_by_card(acting: Acting, key: UUID, lane: Lane | None = None) -> None:
    lane = lane or _lane(acting)
    adapter = acting.moment.site.adapter_of(lane.terminal)
    begun = payments.pay_by_card(
        acting.connection, acting.desk, key=key, terminal=lane.terminal, adapter=adapter
    )
    if begun is not None:
        acting.after.append(lambda: lane.perform(begun.id))
        acting.nudge()
    acting.view = acting.view.at("")


def _pay_by_link(acting: Acting, key: UUID) -> None:
    if attempts.find_attempt(acting.connection, key) is not None:
        return
    begun = links.begin(acting.connection, acting.desk, key=key)
    moment = acting.moment
    acting.after.append(lambda: _asked(moment.site.ask_link(moment.till, begun, is_first=True)))
    acting.nudge()
    acting.view = acting.view.at("")


def link_withdraw(acting: Acting, form: Form) -> None:
    """The link is taken back; what was paid in that moment is paid."""
    _take_link_back(acting, _attempt(acting, {"attempt": text_of(form, "link")}))


def _take_link_back(acting: Acting, of: Attempt) -> None:
    if of.adapter != payments.LINK or of.state not in attempts.OPEN:
        return
    attempts.mark(acting.connection, of.id, cancelled_at=acting.moment.now)
    cancelled, moment = replace(of, cancelled_at=acting.moment.now), acting.moment
    acting.after.append(lambda: _asked(moment.site.ask_link(moment.till, cancelled)))


def _asked(_outcome: bool) -> None:
    """What comes of it is on the next page."""


def _show(acting: Acting, sold: Sale) -> None:
    acting.view = replace(acting.view.at(""), paid=str(sold.key), said="", sound="sold")
    acting.nudge()


def _attempt(acting: Acting, form: Form) -> Attempt:
    found = attempts.find_attempt(acting.connection, key_of(form, "attempt"))
    if found is None or found.till != acting.moment.till.code:
        raise TillRefusal("form_incomplete", field="attempt")
    return found


def _lane(acting: Acting) -> Lane:
    lane = acting.moment.lane
    if lane is None:
        raise TillRefusal("no_terminal")
    return lane


def _lane_of(acting: Acting, of: Attempt) -> Lane:
    lane = terminals.lane_of(acting.moment, of)
    if lane is None:
        raise TillRefusal("no_terminal")
    return lane


ACTIONS: Mapping[str, Action] = {
    "pay": pay, "cash": cash, "notice": notice, "retry": retry, "cancel": cancel, "check": check,
    "park": park, "say": say, "keep": keep, "take_back": take_back, "other": other,
    "number": number, "reconnect": reconnect, "resume": resume, "link_withdraw": link_withdraw,
    "use_terminal": use_terminal,
}  # fmt: skip
