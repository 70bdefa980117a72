"""After the sale: finding a receipt, printing it, voiding it, paying it back."""

from collections.abc import Mapping
from dataclasses import replace

from terminals.till import attempts, papers, payments, reminders, take_backs
from terminals.till.counter.actions import Action, Form, key_of, text_of
from terminals.till.counter.moment import Acting
from terminals.till.counter.paper import print_paper
from terminals.till.counter.voiding import begin_void, lane_of_sale
from terminals.till.errors import TillRefusal
from terminals.till.sales import Sale, sale_with_number
from terminals.till.take_backs import TakeBack

FILTERS = ("shift", "today", "search")


def filter_receipts(acting: Acting, form: Form) -> None:
    """Which receipts are listed."""
    what = text_of(form, "what")
    if what not in FILTERS:
        raise TillRefusal("form_incomplete", field="what")
    shown = acting.view.at("receipts", filter=what, text=form.get("text", "").strip()[:40])
    acting.view = replace(shown, screen="receipts")


def receipt(acting: Acting, form: Form) -> None:
    """Open a receipt of the list."""
    _sale(acting, form)
    known = acting.view.data if acting.view.task == "receipts" else {}
    data = {**known, "number": text_of(form, "number"), "qr": False}
    acting.view = replace(acting.view.at("receipts", **data), screen="receipts")


def show_qr(acting: Acting, form: Form) -> None:
    """The address of the electronic receipt, to be scanned by the guest."""
    _sale(acting, form)
    known = acting.view.data if acting.view.task == "receipts" else {}
    data = {**known, "number": text_of(form, "number"), "qr": True}
    acting.view = replace(acting.view.at("receipts", **data), screen="receipts")


def print_again(acting: Acting, form: Form) -> None:
    """Print the receipt, as a copy where it was printed before."""
    sold, address = _sale(acting, form), acting.moment.site.address
    print_paper(
        acting,
        papers.receipt_of(acting.connection, sold, address=address, language=acting.view.language),
    )


def notice_slip(acting: Acting, form: Form) -> None:
    """Print a fee notice with the code of its pay link. Raises TillRefusal: no_link."""
    paper = papers.notice_of(acting.connection, _sale(acting, form), language=acting.view.language)
    if paper is None:
        raise TillRefusal("no_link")
    print_paper(acting, paper)


def slip(acting: Acting, form: Form) -> None:
    """The clarification slip: the guest may go while it is open whether the card was charged."""
    of = attempts.find_attempt(acting.connection, key_of(form, "attempt"))
    if of is None or of.till != acting.moment.till.code:
        raise TillRefusal("form_incomplete", field="attempt")
    print_paper(
        acting, papers.clarification_of(acting.connection, of, language=acting.view.language)
    )


def begin(acting: Acting, form: Form) -> None:
    """Choose why this sale is voided."""
    acting.view = acting.view.at("void", number=_sale(acting, form).receipt_number)


def begin_refund(acting: Acting, form: Form) -> None:
    """Choose what of this sale is paid back, and why."""
    acting.view = acting.view.at("refund", number=_sale(acting, form).receipt_number)


def void(acting: Acting, form: Form) -> None:
    """Void a sale of this shift; without a reason, ask for it first."""
    sold = _sale(acting, form)
    if not form.get("reason"):
        acting.view = acting.view.at("void", number=sold.receipt_number)
        return
    begin_void(acting, sold, key=key_of(form), reason=text_of(form, "reason"))


def refund(acting: Acting, form: Form) -> None:
    """Ask for a refund of the whole sale or of some lines."""
    sold, key = _sale(acting, form), key_of(form)
    if take_backs.find_take_back(acting.connection, key) is None:
        take_backs.ask_refund(
            acting.connection, sold, lines=_lines(form), shift=acting.shift.code, key=key,
            reason=text_of(form, "reason"), person=acting.desk.person, now=acting.moment.now,
        )  # fmt: skip
    acting.view = acting.view.at("refund_pending", id=str(key))
    acting.nudge()


def open_refund(acting: Acting, form: Form) -> None:
    """Look at a refund that waits."""
    asked = _asked(acting, form)
    acting.view = acting.view.at("refund_pending", id=str(asked.id))


def refund_here(acting: Acting, form: Form) -> None:
    """A second person approves at this till, with a PIN of their own."""
    asked = _asked(acting, form)
    shown = {"id": str(asked.id), "asks_pin": True}
    if not form.get("pin"):
        acting.view = acting.view.at("refund_pending", **shown)
        return
    now = acting.moment.now
    second = acting.person_with(form["pin"])
    problem = "own" if second.code == asked.person else "" if second.is_manager else "not_manager"
    if problem:
        acting.view = acting.view.at("refund_pending", **shown, problem=problem)
        return
    take_backs.decide_here(
        acting.connection, asked, person=second.code, decision="approved", reason="", now=now
    )
    acting.view = acting.view.at("refund_pending", id=str(asked.id))
    acting.nudge()


def refund_remind(acting: Acting, form: Form) -> None:
    """Somebody stands here and waits: the second person hears of it once more."""
    asked = _asked(acting, form)
    reminders.remind(acting.connection, asked, person=acting.desk.person, now=acting.moment.now)
    acting.view = acting.view.at("refund_pending", id=str(asked.id)).saying("reminded")
    acting.nudge()


def refund_withdraw(acting: Acting, form: Form) -> None:
    """The request is taken back."""
    take_backs.withdraw(
        acting.connection, _asked(acting, form), person=acting.desk.person, now=acting.moment.now
    )
    acting.view = acting.view.at("").saying("refund_withdrawn")
    acting.nudge()


def refund_slip(acting: Acting, form: Form) -> None:
    """A slip for a guest who cannot wait: the money is picked up later, or transferred."""
    asked = _asked(acting, form)
    print_paper(
        acting,
        papers.pick_up_of(acting.connection, asked, language=acting.view.language),
    )


def refund_pay(acting: Acting, form: Form) -> None:
    """Give the money back the way it came."""
    asked = _asked(acting, form)
    sold = take_backs.sale_of(acting.connection, asked)
    lane = lane_of_sale(acting.moment, sold)
    adapter = acting.moment.site.adapter_of(lane.terminal) if lane else ""
    begun = payments.pay_refund(acting.connection, acting.desk, sold, asked, adapter=adapter)
    if begun is None:
        acting.view = acting.view.at("").saying("refunded", "good", amount_cents=asked.amount_cents)
    else:
        if lane is None:
            raise TillRefusal("no_terminal")
        acting.after.append(lambda: lane.perform(begun.id))
        acting.view = acting.view.at("giving_back", attempt=str(begun.id))
    acting.nudge()


def open_conflict(acting: Acting, form: Form) -> None:
    """Look at what the centre did not accept."""
    acting.view = acting.view.at("conflict", id=str(key_of(form, "id")))


def open_unclear(acting: Acting, form: Form) -> None:
    """Look at a payment whose end is unknown."""
    acting.view = acting.view.at("giving_back", attempt=str(key_of(form, "attempt")))


def _sale(acting: Acting, form: Form) -> Sale:
    till, _, running = text_of(form, "number").rpartition("-")
    if till != acting.moment.till.code or not running.isdecimal():
        raise TillRefusal("receipt_unknown")
    sold = sale_with_number(acting.connection, till, int(running))
    if sold is None:
        raise TillRefusal("receipt_unknown")
    return sold


def _asked(acting: Acting, form: Form) -> TakeBack:
    asked = take_backs.find_take_back(acting.connection, key_of(form, "id"))
    if asked is None or asked.till != acting.moment.till.code:
        raise TillRefusal("form_incomplete", field="id")
    return asked


def _lines(form: Form) -> list[tuple[int, int]] | None:
    """`0:1,2:3` as (line, pieces); nothing for the whole. Raises TillRefusal: form_incomplete."""
    parts = [part.split(":") for part in form.get("lines", "").split(",") if part]
    if not all(len(part) == 2 and part[0].isdecimal() and part[1].isdecimal() for part in parts):
        raise TillRefusal("form_incomplete", field="lines")
    return [(int(line), int(pieces)) for line, pieces in parts] or None


ACTIONS: Mapping[str, Action] = {
    "filter": filter_receipts, "receipt": receipt, "qr": show_qr, "print": print_again,
    "slip": slip, "notice_slip": notice_slip, "begin_void": begin,
    "begin_refund": begin_refund, "void": void, "refund": refund,
    "open_refund": open_refund, "refund_here": refund_here, "refund_slip": refund_slip,
    "refund_withdraw": refund_withdraw, "refund_remind": refund_remind, "refund_pay": refund_pay,
    "open_conflict": open_conflict, "open_unclear": open_unclear,
}  # fmt: skip
