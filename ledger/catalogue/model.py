"""The nouns of a city's data: what is sold where, at which price and tax, into which account."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from ledger.catalogue.faults import Place
from ledger.catalogue.tariffs import CardTariff
from ledger.money import Money
from ledger.rules import Rule, Rulebook

FACILITY_KINDS = ("daycare", "pool", "museum", "citizens_office")
ACCOUNT_KINDS = ("asset", "liability", "equity", "income", "expense")
SUB_LEDGERS = ("", "wallet", "pass", "till", "terminal_day", "provider", "authority")
SPHERES = ("sovereign", "commercial")
TAX_KINDS = ("taxable", "exempt", "not_taxable", "to_decide")
PRODUCT_KINDS = (
    "ticket",
    "free_ticket",
    "pass",
    "season_pass",
    "combi",
    "shop",
    "meal",
    "snack",
    "guest_meal",
    "fee",
    "fee_with_federal_share",
    "surcharge",
)


_NOWHERE = Place()


@dataclass(frozen=True, slots=True)
class BankAccount:
    """A bank account of the city and the ledger account (181...) that mirrors it."""

    account: str
    name: str
    iban: str
    bank: str
    place: Place = field(default=_NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Authority:
    """A public body that pays for others (Jobcenter): a sub-ledger under its control account."""

    code: str
    name: str
    account: str
    place: Place = field(default=_NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Account:
    """One line of the chart of accounts, NKF numbering.

    sub_ledger: what kind of account hangs below; "" takes postings itself, any other is a
        control account and only its `number/name` accounts take postings.
    guarded: the balance may not fall below `floor_cents` (of each account below, if control).
    clearing: money on its way; the account must come to zero.
    """

    number: str
    name: str
    name_en: str
    kind: str
    sub_ledger: str = ""
    guarded: bool = False
    floor_cents: int = 0
    clearing: bool = False
    place: Place = field(default=_NOWHERE, compare=False, repr=False)

    @property
    def is_control(self) -> bool:
        return self.sub_ledger != ""


@dataclass(frozen=True, slots=True)
class TaxCode:
    """How a product is taxed from `valid_from` to `valid_until` (None: until further notice).

    One code may have several such periods one after the other. `to_decide` blocks the sale: the
    tax office has not said yet, and a guess would be printed on every receipt.
    """

    code: str
    name: str
    kind: str
    rate_percent: int
    account: str | None
    sphere: str
    legal_basis: str
    valid_from: date
    valid_until: date | None = None
    place: Place = field(default=_NOWHERE, compare=False, repr=False)

    def holds_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_until is None or day <= self.valid_until)


@dataclass(frozen=True, slots=True)
class Concession:
    """A reason to pay less; `proof` is what the cashier looks at, and nothing of it is stored."""

    code: str
    name: str
    name_en: str
    proof: str
    place: Place = field(default=_NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class ProductGroup:
    """A heading on the till, in the order of the file."""

    code: str
    name: str
    name_en: str
    place: Place = field(default=_NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Till:
    """A cash drawer; `cash_limit_cents` in it calls for a drop to the safe."""

    code: str
    facility: str
    name: str
    float_cents: int
    cash_limit_cents: int
    place: Place = field(default=_NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Terminal:
    """A card terminal, at a till or (`till` None) in a machine that takes cards only."""

    code: str
    facility: str
    name: str
    till: str | None = None
    place: Place = field(default=_NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Closing:
    """Days on which a facility is closed, both included."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Facility:
    """One of the city's houses; `season` is its (first, last) month and day, both open.

    children: places at a daycare centre, 0 elsewhere.
    """

    code: str
    kind: str
    name: str
    cost_centre: str
    budget_product: str
    children: int = 0
    season: tuple[tuple[int, int], tuple[int, int]] | None = None
    closings: tuple[Closing, ...] = ()
    tills: tuple[Till, ...] = ()
    terminals: tuple[Terminal, ...] = ()
    place: Place = field(default=_NOWHERE, compare=False, repr=False)

    def is_open(self, day: date) -> bool:
        """Whether the house is in season and not closed; weekdays are not the catalogue's."""
        if any(closing.first <= day <= closing.last for closing in self.closings):
            return False
        return self.season is None or self.season[0] <= (day.month, day.day) <= self.season[1]


@dataclass(frozen=True, slots=True)
class Price:
    """A gross price from `valid_from` on; once in the database it never changes."""

    valid_from: date
    amount: Money
    legal_basis: str
    valid_until: date | None = None
    place: Place = field(default=_NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Share:
    """What part of a combi card's price belongs to one house: weight over the sum of weights."""

    facility: str
    weight: int


@dataclass(frozen=True, slots=True)
class FederalShare:
    """`parts` of `of` of a fee belong to the federation and wait on `account` (§ 30 BZRG)."""

    parts: int
    of: int
    account: str


@dataclass(frozen=True, slots=True)
class Product:
    """Something a person pays for, or a free ticket that is only counted.

    facilities: where it is sold; empty means at every facility of its kind.
    deferred_account: where the money of a pass waits until the visits come.
    applies_to: the products a surcharge may go with; `doubles` charges their price once more.
    """

    code: str
    facility_kind: str
    kind: str
    name: str
    name_en: str
    group: str
    tax_code: str
    sphere: str
    revenue_account: str
    concession: str | None = None
    prices: tuple[Price, ...] = ()
    facilities: tuple[str, ...] = ()
    visits: int | None = None
    visits_per_day: int | None = None
    valid_months: int | None = None
    valid_days: int | None = None
    deferred_account: str | None = None
    shares: tuple[Share, ...] = ()
    federal_share: FederalShare | None = None
    applies_to: tuple[str, ...] = ()
    doubles: bool = False
    place: Place = field(default=_NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Everything a till must know to sell; products and groups in the order of the files."""

    facilities: tuple[Facility, ...]
    groups: tuple[ProductGroup, ...]
    products: tuple[Product, ...]
    concessions: tuple[Concession, ...]
    tax_codes: tuple[TaxCode, ...]


@dataclass(frozen=True, slots=True)
class PostingRule:
    """A posting rule and the table it was written as."""

    rule: Rule
    body: Mapping[str, object]
    place: Place = field(default=_NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class RuleRole:
    """What an event supplies for `@name` in its rule: one of these chart numbers or below it."""

    name: str
    accounts: tuple[str, ...]
    place: Place = field(default=_NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class City:
    """A whole city as read from its folder, already checked."""

    name: str
    name_en: str
    time_zone: str
    currency: str
    bank_accounts: tuple[BankAccount, ...]
    authorities: tuple[Authority, ...]
    accounts: tuple[Account, ...]
    card_tariffs: tuple[CardTariff, ...]
    catalogue: Catalogue
    rules: tuple[PostingRule, ...]
    roles: tuple[RuleRole, ...]
    place: Place = field(default=_NOWHERE, compare=False, repr=False)

    @property
    def rulebook(self) -> Rulebook:
        """The posting rules by event, ready to book."""
        return Rulebook(
            {posting.rule.event: posting.rule for posting in self.rules},
            {role.name: frozenset(role.accounts) for role in self.roles},
        )
