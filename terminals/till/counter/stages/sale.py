"""The tiles on the stage, and what is asked beside them: a reason, an earlier case, a number."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Literal
from uuid import UUID, uuid4

from terminals.till import sales
from terminals.till.counter.hyphens import breakable
from terminals.till.counter.moment import Moment
from terminals.till.counter.pictograms import pictogram_of
from terminals.till.counter.prices import changing_on
from terminals.till.counter.stages import Builder
from terminals.till.counter.ways import way_of
from terminals.till.frequent import MOST, most_sold
from terminals.till.notices import payable_at
from terminals.till.offers import Group, Offer, Offers
from terminals.till.outbox import SALES, WAITING, count_waiting
from terminals.till.outbox import state_of as sent_state
from terminals.till.pages import (
    Banner,
    CasePaid,
    CashEntry,
    FeeNotice,
    Guests,
    LastSale,
    NumberEntry,
    ReasonChoice,
    RuleSwitch,
    Sale,
    Search,
    Tab,
    Tile,
    TileGroup,
    Unavailable,
    WalletScan,
)
from terminals.till.sales import PASSES, case_of, find_sale, guests_today, last_sales
from terminals.till.words import words_of

TILES_WITHOUT_TABS = 12
FREQUENT, LEAST_FREQUENT = "frequent", 3  # the tab's code; fewer articles make no tab
BANNER_AFTER = timedelta(seconds=30)
CALL_HELP_AFTER = timedelta(hours=2)
NOTES = (500, 1000, 2000, 5000, 10000, 20000)
WAIVER_REASONS = ("need", "own_error", "volunteer", "other")
RULE_REASONS = ("not_competent", "out_of_hours", "other")


def sale_stage(moment: Moment) -> Sale:
    """The tiles of this site today."""
    offers = moment.offers
    articles = _shown(moment, offers) if offers else ()
    groups, tabs = _groups(moment, offers, articles) if offers else ((), ())
    banner = _banner(moment)
    is_filled = moment.basket is not None and bool(moment.basket.lines)
    last = _last_sale(moment)
    search = moment.view.data if moment.view.task == "search" else None
    is_office = moment.till.facility_kind == "citizens_office"
    return Sale(
        groups=groups,
        tabs=tabs,
        state="offline" if banner and banner.kind == "offline" else
        "cart" if is_filled else "idle",
        tariff_day=offers.day if offers and is_office else None,
        rule=_rule(moment, offers) if offers and is_office else None,
        banner=banner,
        search=Search(search["text"]) if search else None,
        takes_scans=moment.till.facility_kind in {"pool", "museum"},
        guests=_guests(moment) if moment.till.facility_kind == "museum" else None,
        last_sale=last,
    )  # fmt: skip


def _shown(moment: Moment, offers: Offers) -> tuple[Offer, ...]:
    """Articles with a tile: not the switches, and nothing that cannot be sold for months to come.

    Who searches finds all there is, and why it is not for sale.
    """
    articles: Iterable[Offer] = (one for one in offers.articles.values() if not one.doubles)
    if moment.view.task == "search":
        wanted = moment.view.data["text"].casefold()
        return tuple(one for one in articles if wanted in _name(moment, one).casefold())
    return tuple(one for one in articles if not one.blocked)


def _groups(
    moment: Moment, offers: Offers, articles: tuple[Offer, ...]
) -> tuple[tuple[TileGroup, ...], tuple[Tab, ...]]:
    if len(articles) <= TILES_WITHOUT_TABS:
        numbered = iter("1234567890")
        parts = [_group(moment, group, articles, numbered) for group in offers.groups]
        return tuple(part for part in parts if part.tiles), ()
    often = _frequent(moment, articles)
    codes = [FREQUENT] * bool(often) + [group.code for group in offers.groups]
    chosen = moment.view.group if moment.view.group in codes else codes[0]
    names = {group.code: moment.name_of(group.name, group.name_en) for group in offers.groups}
    names[FREQUENT] = words_of(moment.view.language)("tabs.frequent")
    tabs = tuple(Tab(code, names[code], code == chosen) for code in codes)
    if chosen == FREQUENT:
        numbered = iter("1234567890")
        tiles = tuple(_tile(moment, one, next(numbered, "")) for one in often)
        return (TileGroup("", tiles),), tabs
    open_group = next(group for group in offers.groups if group.code == chosen)
    part = _group(moment, open_group, articles, iter("1234567890"))
    return (TileGroup("", part.tiles, part.size),), tabs


def _frequent(moment: Moment, articles: tuple[Offer, ...]) -> tuple[Offer, ...]:
    """What was sold most in the week before this shift; none before there is enough to choose."""
    if moment.shift is None or moment.view.task == "search":
        return ()
    single = {one.code: one for one in articles if one.kind != "surcharge"}
    sold = most_sold(moment.connection, moment.shift.opened_at)
    often = [single[code] for code in sold if code in single][:MOST]
    return tuple(often) if len(often) >= LEAST_FREQUENT else ()


def _group(
    moment: Moment, group: Group, articles: Iterable[Offer], numbered: Iterable[str]
) -> TileGroup:
    numbers = iter(numbered)
    own = [one for one in articles if one.group == group.code]
    tiles = tuple(_tile(moment, one, next(numbers, "")) for one in own)
    is_pass = bool(own) and all(one.kind in PASSES for one in own)
    title = moment.name_of(group.name, group.name_en)
    return TileGroup(title, tiles, "pass" if is_pass else "single")


def _tile(moment: Moment, offer: Offer, key: str) -> Tile:
    lines = moment.basket.lines if moment.basket else ()
    return Tile(
        product=offer.code,
        name=breakable(_name(moment, offer)),
        amount_cents=offer.price_cents,
        note="" if offer.proof is None else moment.name_of(offer.proof, offer.proof_en),
        is_surcharge=offer.kind == "surcharge",
        needs_proof=offer.proof is not None,
        count=sum(line.quantity for line in lines if line.product == offer.code),
        key=key,
        pictogram=pictogram_of(offer),
        unavailable=Unavailable("no_vat_rate") if offer.blocked else None,
    )


def _rule(moment: Moment, offers: Offers) -> RuleSwitch | None:
    """The one switch of the basket: the law that doubles a fee out of hours or elsewhere."""
    doubling = next((one for one in offers.articles.values() if one.doubles), None)
    if doubling is None:
        return None
    lines = moment.basket.lines if moment.basket else ()
    is_on = any(line.product == doubling.code for line in lines)
    return RuleSwitch(doubling.code, _name(moment, doubling), is_on=is_on)


def _banner(moment: Moment) -> Banner | None:
    since = moment.site.line(moment.till.code).silent_since
    if since is None or moment.now - since < BANNER_AFTER:
        return _new_prices(moment)
    number = count_waiting(moment.connection, moment.till.code, *SALES)
    kind = "offline_long" if moment.now - since > CALL_HELP_AFTER else "offline"
    return Banner("offline_long" if kind == "offline_long" else "offline", since, number)


def _new_prices(moment: Moment) -> Banner | None:
    """Said the whole day before, so that no tile moves while somebody is served."""
    day = changing_on(moment)
    return Banner("prices", on=day) if day is not None else None


def _last_sale(moment: Moment) -> LastSale | None:
    shift = moment.shift
    newest = shift and last_sales(moment.connection, moment.till.code, shift=shift.code, most=1)
    if not newest:
        return None
    sold = newest[0]
    return LastSale(
        number=sold.receipt_number, paid_at=sold.sold_at, amount_cents=sold.total_cents,
        way=way_of(sold),
        is_sent=sent_state(moment.connection, sold.key) != "waiting",
        may_void=sold.state == "paid", state="void" if sold.state == "voided" else "paid",
    )  # fmt: skip


def _guests(moment: Moment) -> Guests | None:
    if moment.shift is None:
        return None
    count, free = guests_today(moment.connection, moment.till.code, moment.shift.code)
    return Guests(count, free)


def _cash(moment: Moment) -> CashEntry | None:
    total = moment.basket.total_cents if moment.basket else 0
    if not total:
        return None
    notes = tuple(note for note in NOTES if note > total)[:3]
    tendered = moment.view.data.get("tendered_cents")
    return CashEntry(total_cents=total, notes=notes, key=str(uuid4()), tendered_cents=tendered)


def _wallet(moment: Moment) -> WalletScan | None:
    total = moment.basket.total_cents if moment.basket else 0
    problem = moment.view.data.get("problem")
    limit = moment.site.limits.wallet_offline_cents
    return WalletScan(total, problem, limit) if total else None


def _number(_moment: Moment) -> NumberEntry:
    return NumberEntry()


def _notice(moment: Moment) -> FeeNotice | None:
    if "sale" in moment.view.data:
        return _issued(moment, UUID(moment.view.data["sale"]))
    if moment.basket is None or not moment.basket.total_cents:
        return None
    case = moment.basket.case_reference or ""
    return FeeNotice(moment.basket.total_cents, key=str(uuid4()), case=case)


def _issued(moment: Moment, key: UUID) -> FeeNotice | None:
    """A notice that is out: where it is paid, once the centre has said so."""
    sold = find_sale(moment.connection, key)
    if sold is None or sold.state != "paid":
        return None
    at = payable_at(moment.connection, sold.till, key)
    return FeeNotice(
        sold.total_cents,
        key=str(key),
        case=case_of(moment.connection, sold),
        is_issued=True,
        number=sold.receipt_number,
        step="payable" if at else _waits(moment, sold),
        qr=f"/kasse/picture/{key}.svg" if at else "",
        address=at.address if at else "",
        reference=at.reference if at else "",
        pay_until=at.pay_until if at else None,
    )


def _waits(moment: Moment, sold: sales.Sale) -> Literal["offline", "waiting", "kept"]:
    if sent_state(moment.connection, sold.key) != WAITING:
        return "kept"
    return "offline" if moment.is_offline else "waiting"


def _case_paid(moment: Moment) -> CasePaid | None:
    earlier = find_sale(moment.connection, UUID(moment.view.data["sale"]))
    if earlier is None:
        return None
    return CasePaid(moment.view.data["number"], earlier.sold_at, earlier.total_cents)


def _waive(moment: Moment) -> ReasonChoice | None:
    number = moment.view.data["line"]
    if moment.basket is None or number >= len(moment.basket.lines):
        return None
    line = moment.basket.lines[number]
    name = moment.name_of(line.name, line.name_en)
    return ReasonChoice("waive", str(number), name, WAIVER_REASONS)


def _rule_reason(moment: Moment) -> ReasonChoice | None:
    offers = moment.offers
    offer = offers.articles.get(moment.view.data["code"]) if offers else None
    if offer is None:
        return None
    return ReasonChoice("rule", offer.code, _name(moment, offer), RULE_REASONS)


def _name(moment: Moment, offer: Offer) -> str:
    return moment.name_of(offer.name, offer.name_en)


STAGES: Mapping[str, Builder] = {
    "screen:sale": sale_stage, "search": sale_stage, "cash": _cash, "wallet": _wallet,
    "number": _number, "notice": _notice, "case_paid": _case_paid, "waive": _waive,
    "rule": _rule_reason,
}  # fmt: skip
