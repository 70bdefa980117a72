"""The column on the right: the basket with its keys, or what has just been paid."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4

from terminals.till import baskets, cases, pages, visits
from terminals.till.attempts import Attempt
from terminals.till.baskets import vat_of
from terminals.till.counter import prices
from terminals.till.counter.moment import Moment
from terminals.till.counter.stages.card import payment_of
from terminals.till.counter.terminals import is_silent, lane_of, open_at_terminals
from terminals.till.counter.ways import way_of
from terminals.till.links import open_links
from terminals.till.pages import (
    Blocked,
    CaseField,
    IssuedPass,
    Lock,
    Paid,
    PayKey,
    Undo,
    VatLine,
    Visit,
    Way,
)
from terminals.till.passes import passes_of
from terminals.till.payments import LINK
from terminals.till.sales import Sale, find_sale

WAYS: dict[str, tuple[Way, ...]] = {
    "pool": ("card", "cash", "wallet", "link"),
    "museum": ("card", "cash", "wallet", "link"),
    "citizens_office": ("card", "cash", "link", "notice"),
}
SHOWN_FOR = timedelta(seconds=30)


def column_of(moment: Moment) -> pages.Basket | Paid:
    """What stands beside the stage while selling."""
    sold = moment.view.paid_key and find_sale(moment.connection, moment.view.paid_key)
    is_next_guest = moment.basket is not None and bool(moment.basket.lines)
    is_fresh = sold and (moment.now - sold.completed_at < SHOWN_FOR or moment.view.said)
    if sold and is_fresh and not is_next_guest and sold.state == "paid":
        return _paid(moment, sold)
    return _basket(moment)


def _basket(moment: Moment) -> pages.Basket:
    on, paying = moment.basket, payment_of(moment)
    lines = on.lines if on else ()
    is_office = moment.till.facility_kind == "citizens_office"
    cleared = moment.view.cleared
    undo_until = datetime.fromisoformat(cleared["until"]) if cleared else None
    return pages.Basket(
        key=str(uuid4()),
        total_cents=on.total_cents if on else 0,
        lines=tuple(_line(moment, number, line) for number, line in enumerate(lines)),
        vat=tuple(_vat(lines)),
        pay=() if paying or moment.view.task == "declined" else _keys(moment),
        unit="fees" if is_office else "articles",
        task="clarify" if paying and paying.state == "unknown" else "pay",
        lock=_lock(moment, paying),
        case=_case(moment) if is_office else None,
        rule=None,
        may_undo_until=undo_until if undo_until and undo_until > moment.now else None,
        visit=_visit(moment),
    )


def _line(moment: Moment, number: int, line: baskets.Line) -> pages.Line:
    marked = moment.basket.marked if moment.basket else None
    offer = moment.offers.articles.get(line.product) if moment.offers else None
    before = prices.price_before(moment, offer) if offer and line.amount_cents else None
    return pages.Line(
        line=str(number),
        quantity=line.quantity,
        name=moment.name_of(line.name, line.name_en),
        amount_cents=line.amount_cents,
        proof="seen" if line.proof else None,
        is_marked=number == marked,
        price_of=prices.old_since(moment) if line.amount_cents else None,
        price_since=offer.price_since if offer and before else None,
        price_before=before,
        may_waive=line.is_sovereign and line.waiver_reason is None,
        waived=line.waiver_reason,
    )


def _vat(lines: Iterable[baskets.Line]) -> Iterable[VatLine]:
    all_lines = tuple(lines)
    taxes = vat_of(all_lines)
    yield from (VatLine("rate", cents, percent) for percent, cents in sorted(taxes.items()))
    if any(line.is_sovereign for line in all_lines):
        yield VatLine("official")
        return
    exempt = sum(line.amount_cents for line in all_lines if not line.vat_rate)
    if exempt:
        yield VatLine("exempt", exempt)


def _keys(moment: Moment) -> tuple[PayKey, ...]:
    on = moment.basket
    if on is not None and on.lines and not on.total_cents:
        return (PayKey("free", _blocked(moment, "free")),)
    ways = WAYS.get(moment.till.facility_kind, ("card", "cash"))
    return tuple(_key(moment, way) for way in ways)


def _key(moment: Moment, way: Way) -> PayKey:
    is_limited = way == "wallet" and moment.is_offline
    limit = moment.site.limits.wallet_offline_cents if is_limited else None
    return PayKey(way, _blocked(moment, way), limit)


def _blocked(moment: Moment, way: Way) -> Blocked | None:
    on = moment.basket
    if on is None or not on.lines:
        return "empty"
    if any(line.is_sovereign for line in on.lines) and not on.case_reference:
        return "case"
    if way == "link":
        return "network" if moment.is_offline else _blocked_link(moment)
    return _blocked_card(moment) if way == "card" else None


def _blocked_link(moment: Moment) -> Blocked | None:
    """One link at a time: the guest before may still be paying."""
    return "busy" if open_links(moment.connection, moment.till.code) else None


def _blocked_card(moment: Moment) -> Blocked | None:
    lane = moment.lane
    if lane is None:
        return "terminal"
    left_open = open_at_terminals(moment, lane)
    if any(one.state == "unknown" for one in left_open):
        return "unclear"
    if left_open or lane.live.is_settling:
        return "busy"
    return "terminal" if is_silent(lane) else None


def _lock(moment: Moment, paying: Attempt | None) -> Lock | None:
    if paying is None:
        return None
    if paying.adapter == LINK:
        return Lock("link")
    if paying.state == "unknown":
        return Lock("unclear", attempt=str(paying.id))
    if paying.adapter == "wallet":
        return Lock("wallet")
    lane = lane_of(moment, paying)
    step = lane.live.heard[-1].news.step if lane and lane.live.heard else "sent"
    if paying.cancelled_at is not None:
        return Lock("card", "sent", str(paying.id))
    return Lock("card", "late" if step == "promised" else "offered", str(paying.id))


def _case(moment: Moment) -> CaseField:
    data: Any = moment.view.data
    if "fault" in data and not moment.view.task:
        return CaseField(data["case"], data["fault"], data["digit"])
    number = moment.basket.case_reference if moment.basket else None
    if number is None:
        return CaseField()
    return CaseField(number, "ok" if cases.fault_of(number) is None else "short")


def _paid(moment: Moment, sold: Sale) -> Paid:
    evidence, tendered = sold.tender.evidence, sold.tender.tendered_cents
    is_cash = sold.way == "cash" and sold.total_cents > 0
    free = sum(line.quantity for line in sold.lines if line.kind == "free_ticket")
    return Paid(
        amount_cents=sold.total_cents,
        way=way_of(sold),
        number=sold.receipt_number,
        paid_at=sold.sold_at,
        scheme=evidence.scheme if evidence else "",
        entry=evidence.entry if evidence else "",
        # One code at a time: on the stage there is the one of the notice.
        qr="" if moment.view.task == "notice" else f"/kasse/picture/{sold.receipt_token}.svg",
        change_cents=(tendered or 0) - sold.total_cents if is_cash else None,
        said=_said(moment.view.said),
        attempt=str(sold.attempt or ""),
        key=str(uuid4()),
        passes=tuple(_passes(moment, sold)),
        free_tickets=0 if sold.total_cents else free,
        must_print=evidence.must_print if evidence else False,
        may_void=moment.shift is not None and sold.shift == moment.shift.code,
        visit=_visit(moment),
    )


def _said(said: str) -> Any:
    return said if said in {"checked", "faster", "unwanted", "by_link"} else ""


def _passes(moment: Moment, sold: Sale) -> Iterable[IssuedPass]:
    """The passes of a sale, as soon as the centre has given them their codes."""
    names = {line.product: moment.name_of(line.name, line.name_en) for line in sold.lines}
    for one in passes_of(moment.connection, sold.key):
        name = names.get(one.product, one.product)
        yield IssuedPass(name, one.visits, one.valid_until, one.printed_at is not None)


def _visit(moment: Moment) -> Visit | None:
    known = moment.view.visit
    if known is None:
        return None
    used_at = known.get("used_at")
    last = find_sale(moment.connection, UUID(known["sale"])) if "sale" in known else None
    return Visit(
        name=known["name"],
        admitted=known.get("admitted", 0),
        visits_left=known.get("visits_left"),
        refused=known.get("refused"),
        used_at=time.fromisoformat(used_at) if used_at else None,
        gate=known.get("gate", ""),
        expired_on=_date(known.get("expired_on")),
        not_yet_on=_date(known.get("not_yet_on")),
        most=known.get("most", 0),
        is_alone=known.get("is_alone", False),
        undo_until=_undo_until(moment, last) if last else None,
        undo=_undo(moment, last) if last else None,
    )


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _undo_until(moment: Moment, last: Sale) -> datetime | None:
    """How long the last visit can be taken back; None where it cannot."""
    until = visits.undo_until(last)
    is_asked = last.state != "paid" or visits.is_kept(moment.connection, last)
    return None if is_asked or moment.is_offline or moment.now > until else until


def _undo(moment: Moment, last: Sale) -> Undo | None:
    """How far taking back the last visit is."""
    if last.state == "paid":
        return "kept" if visits.is_kept(moment.connection, last) else None
    return "done" if last.state == "voided" else "asked"
