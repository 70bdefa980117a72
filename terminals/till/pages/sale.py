"""The tiles: what can be sold here and now (S10 to S12, S20, S22, S33, S35, S36, S38)."""

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import ClassVar, Literal

from terminals.till.pages.frame import Guests, LastSale

# Why a tile cannot be sold; shown in it, in words.
Reason = Literal["daily_limit", "no_vat_rate", "slot_full", "needs_network", "not_today"]


@dataclass(frozen=True, slots=True)
class Unavailable:
    """reason: for the words. slot, next_slot: local times of a guided slot that is full."""

    reason: Reason
    slot: time | None = None
    next_slot: time | None = None


@dataclass(frozen=True, slots=True)
class Tile:
    """One article. Action: `add product`.

    name, note: in the page's language. amount_cents: gross; 0 reads as "frei". is_surcharge: the
    price is said with a plus. needs_proof: the note is "Nachweis gesehen". count: in the basket.
    key: the digit that adds it, "" without one. pictogram: an icon of `icons.html` (person,
    family, reduced, child, baby, sauna, passes, sun, id, passport, hourglass, copy, flash, pen,
    camera, eye, grid-plus, headphones, book, cup, form, car, stamp, search, ticket).
    """

    product: str
    name: str
    amount_cents: int
    note: str = ""
    is_surcharge: bool = False
    needs_proof: bool = False
    count: int = 0
    key: str = ""
    pictogram: str = "ticket"
    unavailable: Unavailable | None = None


@dataclass(frozen=True, slots=True)
class TileGroup:
    """Tiles under one heading; title "" for the tiles of a tab. size: "single" lays three in a
    row, "pass" four."""

    title: str
    tiles: tuple[Tile, ...]
    size: Literal["single", "pass"] = "single"


@dataclass(frozen=True, slots=True)
class Tab:
    """A group to choose where a site has more than twelve articles. Action: `group code`."""

    code: str
    title: str
    is_open: bool = False


@dataclass(frozen=True, slots=True)
class RuleEffect:
    """What a rule does to one kind of fee: adds plus_cents, or multiplies by `times`."""

    name: str
    plus_cents: int | None = None
    times: int | None = None


@dataclass(frozen=True, slots=True)
class RuleSwitch:
    """One rule for the whole basket. Action: `rule code` (asks for the reason), again: off.

    name: "Nicht zuständig oder außerhalb der Dienstzeit". effects: per kind of fee.
    """

    code: str
    name: str
    effects: tuple[RuleEffect, ...] = ()
    is_on: bool = False


@dataclass(frozen=True, slots=True)
class Banner:
    """A broad notice above the tiles. kind: "offline" (since, number of sales stored here),
    "offline_long" (the same after two hours), "printer", "paper", "tse" (since), "clock" (number
    of minutes), "prices" (on: from which day new prices are there)."""

    kind: Literal["offline", "offline_long", "printer", "paper", "tse", "clock", "prices"]
    since: datetime | None = None
    number: int = 0
    on: date | None = None


@dataclass(frozen=True, slots=True)
class Search:
    """The search among articles. Actions: `search text`, `back`. text: what was looked for."""

    text: str = ""


@dataclass(frozen=True, slots=True)
class Sale:
    """The tiles of the site. Actions: `add product [quantity]`, `group code`, `search text`,
    `rule code`, `scan text`, `number` (opens the number pad).

    groups: what is shown now, ready in order. tabs: empty for up to twelve articles. tariff_day:
    the service day whose prices these are, where the day matters (citizens' office). takes_scans:
    the strip "10er-Karte, Ferienkarte oder Guthaben?" is shown. guests, last_sale: the strip at
    the foot; both: guests in front. state: "idle", "cart" or "offline".
    """

    template: ClassVar[str] = "sale/sale.html"
    groups: tuple[TileGroup, ...]
    state: Literal["idle", "cart", "offline"] = "idle"
    tabs: tuple[Tab, ...] = ()
    tariff_day: date | None = None
    rule: RuleSwitch | None = None
    banner: Banner | None = None
    search: Search | None = None
    takes_scans: bool = False
    guests: Guests | None = None
    last_sale: LastSale | None = None


@dataclass(frozen=True, slots=True)
class ReasonChoice:
    """One must-have reason before something goes into the basket (S35, S36).

    of: "rule" (action `rule code reason`), "waive" (`waive line reason`) or "price_date"
    (`price_date line day reason`). target: the rule's code or the line's id. name: of the rule or
    the line. reasons: codes with words under "reason.". days: dates of the catalogue with the
    price that held then, in cents, for "price_date".
    """

    template: ClassVar[str] = "sale/reason.html"
    of: Literal["rule", "waive", "price_date"]
    target: str
    name: str
    reasons: tuple[str, ...]
    days: tuple[tuple[date, int], ...] = ()
    state: Literal["reason"] = "reason"


@dataclass(frozen=True, slots=True)
class CasePaid:
    """S35: this case was paid before. Actions: `case number anyway=1`, `back`."""

    template: ClassVar[str] = "sale/case_paid.html"
    number: str
    paid_at: datetime
    amount_cents: int
    state: Literal["case_paid"] = "case_paid"
