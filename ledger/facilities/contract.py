"""What a facility type is, what it is given and what it answers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from ledger.entries import Dimensions
from ledger.money import Money
from ledger.rules import Posting
from ledger.tenders import Tender
from ledger.vat import split_vat


@dataclass(frozen=True, slots=True)
class Item:
    """One line of a priced basket.

    product: article code of the catalogue. facility_type: code of the type that sells it.
    kind: what sort of thing it is, one of the kinds that type sells.
    price: gross of one piece as the catalogue has it at the date.
    revenue: the product's revenue account. vat_rate: percent, with `vat_account` if not 0.
    is_tax_decided: False while the tax office has not said; such a line is refused.
    dimensions: what the line belongs to, but for channel, till and shift: the tender has those.
    accounts: further accounts by role, `{"pass": "391000/P-000004"}`; one that the posting rule
        does not know is refused.
    federal_share: (3, 5) if three fifths are the federation's.
    options: what the counter ticked (`waived`, ...); reason: why, where an option needs one.
    """

    product: str
    facility_type: str
    kind: str
    price: Money
    revenue: str
    dimensions: Dimensions
    quantity: int = 1
    vat_rate: int = 0
    vat_account: str | None = None
    is_tax_decided: bool = True
    accounts: Mapping[str, str] = field(default_factory=dict)
    federal_share: tuple[int, int] | None = None
    options: frozenset[str] = frozenset()
    reason: str | None = None

    def __post_init__(self) -> None:
        if type(self.quantity) is not int or self.quantity < 1:
            raise ValueError(f"a line has one piece or more, not {self.quantity!r}")
        if self.price.cents < 0:
            raise ValueError(f"a price is zero or more, not {self.price}")
        if (self.vat_rate > 0) != (self.vat_account is not None):
            raise ValueError(f"{self.product}: a tax rate and its account go together")
        taken = self.accounts.keys() & {"tender", "wallet", "revenue", "vat"}
        if taken:
            raise ValueError(f"{self.product}: {', '.join(sorted(taken))} is not its to name")


@dataclass(frozen=True, slots=True)
class Counted:
    """Something handed out but not booked: it counts for visitors and capacity.

    reason: `free` where the price is zero, else the reason given for waiving it.
    """

    product: str
    facility: str | None
    quantity: int
    reason: str


@dataclass(frozen=True, slots=True)
class Booking:
    """What one basket line comes to: postings, or something to count, never neither."""

    postings: tuple[Posting, ...] = ()
    counted: tuple[Counted, ...] = ()


@dataclass(frozen=True, slots=True)
class Card:
    """A prepaid card as sold and as it stands now.

    account: its deferred revenue, `391000/P-000004`. units: visits, days or houses it was sold
    for; used: how many are released. net + tax is what was paid. weights: the houses a museum
    card opens, each with its part of the price; visited: those it has opened.
    """

    account: str
    units: int
    used: int
    net: Money
    tax: Money
    revenue: str
    vat_rate: int = 0
    vat_account: str | None = None
    weights: Mapping[str, int] = field(default_factory=dict)
    visited: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        if not 0 <= self.used <= self.units or self.units < 1:
            raise ValueError(f"{self.account}: {self.used} of {self.units} cannot be used")
        if self.weights and (
            len(self.weights) != self.units
            or len(self.visited) != self.used
            or not self.visited <= self.weights.keys()
        ):
            raise ValueError(f"{self.account}: houses and units do not agree")

    @property
    def left(self) -> int:
        """Visits, days or houses not yet released."""
        return self.units - self.used


@dataclass(frozen=True, slots=True)
class CardRules:
    """What happens to a card after its sale; each takes the card as it stands and dimensions.

    release: the posting of the next `units` (1 for a visit). expire: of the rest when it
    lapses. take_back: of a return, or raises NotReturnable. All raise CardUsedUp.
    """

    release: Callable[[Card, Dimensions, int], Posting]
    expire: Callable[[Card, Dimensions], Posting]
    take_back: Callable[[Card, Dimensions], Posting]


def gross(item: Item) -> Money:
    """Price times pieces: what a line costs unless its facility type has a rule of its own."""
    return item.price * item.quantity


@dataclass(frozen=True, slots=True)
class FacilityType:
    """The contract of a facility type.

    code: its folder's name. title: German, for the screen. kinds: of products it sells.
    ways: to pay that it takes, keys of `ledger.tenders.CONTROL_ACCOUNTS`.
    book: one line and its tender to postings whose amounts sum to `price(item)`.
    options: it understands on a line; others are refused.
    price: what the payer and any authority owe for the line together.
    cards: rules of prepaid cards, by the kind of product they are sold as.
    """

    code: str
    title: str
    kinds: frozenset[str]
    ways: frozenset[str]
    book: Callable[[Item, Tender], Booking]
    price: Callable[[Item], Money] = gross
    options: frozenset[str] = frozenset()
    cards: Mapping[str, CardRules] = field(default_factory=dict)


def dimensions(item: Item, tender: Tender) -> Dimensions:
    """The dimensions of every transfer of this line: the item's, with where and how it is paid."""
    return replace(item.dimensions, channel=tender.channel, till=tender.till, shift=tender.shift)


def sale(item: Item, tender: Tender) -> Booking:
    """An ordinary sale with the tax in its price; a free ticket is counted instead."""
    amount = gross(item)
    if not amount:
        return counted(item, "free")
    split = split_vat(amount, item.vat_rate)
    roles = {"tender": tender.account, "revenue": item.revenue, **item.accounts}
    if item.vat_account is not None:
        roles["vat"] = item.vat_account
    amounts = {"net": split.net, "tax": split.tax}
    return booked(Posting("sale", amounts, roles, dimensions(item, tender)))


def booked(posting: Posting) -> Booking:
    """A line that comes to one posting."""
    return Booking(postings=(posting,))


def counted(item: Item, reason: str) -> Booking:
    """A line that costs nothing: counted, not booked."""
    return Booking(
        counted=(Counted(item.product, item.dimensions.facility, item.quantity, reason),)
    )
