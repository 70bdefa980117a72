"""What the top-up pages show, one frozen dataclass each, and how they are filled."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from ledger.outlook import Outlook, outlook_with_each
from ledger.wallets import Wallet, find_wallet
from terminals.checkout.payments import Payment, payments_of
from terminals.face.page import money, say
from terminals.portal.top_up_choice import ONLINE, TILES_CENTS, WAYS, Choice

ICONS = {"card": "card", "sepa_debit": "swap", "transfer": "qr", "cash": "cash"}
WEEK_DAYS = 5
AT_ONCE = frozenset({"card", "cash"})


@dataclass(frozen=True, slots=True)
class Tile:
    """An amount to tap; days: how long it lasts, None where nothing is booked."""

    cents: int
    days: int | None
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Way:
    """A way to pay; name: ours; word: as the form sends it; note: when the money is there."""

    name: str
    word: str
    icon: str
    note: str
    is_at_once: bool
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Dock:
    """What stands at the foot of the form: what comes of the choice.

    after_cents: None without an amount, or by a way whose money comes later. goes_on: scripts
    have drawn it, so the button names amount and way and leads straight to the provider.
    """

    amount_cents: int | None
    way: str
    after_cents: int | None = None
    until: date | None = None
    is_more_than_a_month: bool = False
    goes_on: bool = False


@dataclass(frozen=True, slots=True)
class TopUpPage:
    """The form. problem, note: ids of messages; ways: the last used first."""

    key: UUID
    balance_cents: int
    tiles: Sequence[Tile]
    typed: str
    is_other: bool
    ways: Sequence[Way]
    dock: Dock
    is_online: bool
    problem: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class CheckPage:
    """Amount, way and balance afterwards, once more before the provider's page."""

    key: UUID
    choice: Choice
    dock: Dock


@dataclass(frozen=True, slots=True)
class DownPage:
    """The provider does not answer: nothing was taken, other ways do."""

    choice: Choice


def top_up_page(
    session: Session, wallet: str, choice: Choice, *, last: Payment | None, at: datetime,
    early_cents: int | None, key: UUID | None = None, note: str | None = None,
) -> TopUpPage:  # fmt: skip
    """The form for this choice; an amount nobody chose yet is that of the last one, or a week's.

    early_cents: up to how much of a debit counts before it has arrived; None: nothing is online.
    """
    found = find_wallet(session, wallet)
    assert found is not None  # a payer has one
    alone = _alone(session, found, at)
    if choice.cents is None and choice.problem is None:
        choice = Choice(_suggested(last, alone), choice.way)
    tiles = [
        Tile(cents, then.days if then.has_bookings else None, choice.cents == cents)
        for cents, then in alone.items()
    ]
    return TopUpPage(
        key or uuid4(), found.balance_cents, tiles, choice.typed, choice.is_other,
        _ways(choice.way, early_cents), dock_of(session, found, choice, at=at),
        early_cents is not None,
        choice.problem, note,
    )  # fmt: skip


def dock_of(
    session: Session, wallet: Wallet, choice: Choice, *, at: datetime, goes_on: bool = False
) -> Dock:
    """What the balance is afterwards and how long it lasts then."""
    if choice.cents is None:
        return Dock(None, choice.way, goes_on=goes_on)
    (then,) = outlook_with_each(session, wallet.code, [choice.cents], at=at)
    return Dock(
        choice.cents, choice.way, wallet.balance_cents + choice.cents, then.until,
        then.more_than_a_month, goes_on,
    )  # fmt: skip


def last_top_up(session: Session, wallet: str) -> Payment | None:
    """The newest top-up that was begun."""
    return next(iter(payments_of(session, "top_up", wallet)), None)


def last_way(last: Payment | None, *, is_online: bool) -> str:
    """The way this payer took last, or the first there is."""
    if not is_online:
        return "transfer"
    return last.way if last and last.way in ONLINE else "card"


def _alone(session: Session, wallet: Wallet, at: datetime) -> dict[int, Outlook]:
    """How long each tile lasts by itself, whatever is on the wallet."""
    amounts = [cents - wallet.balance_cents for cents in TILES_CENTS]
    found = outlook_with_each(session, wallet.code, amounts, at=at)
    return dict(zip(TILES_CENTS, found, strict=True))


def _suggested(last: Payment | None, alone: dict[int, Outlook]) -> int:
    """The last amount where it is one of ours, else the tile nearest to a week of meals."""
    if last is not None and last.amount_cents in TILES_CENTS:
        return last.amount_cents
    if not all(then.has_bookings for then in alone.values()):
        return TILES_CENTS[1]
    return min(alone, key=lambda cents: (abs(alone[cents].days - WEEK_DAYS), -cents))


def _ways(chosen: str, early_cents: int | None) -> list[Way]:
    offered = [way for way in WAYS if early_cents is not None or way not in ONLINE]
    offered.sort(key=lambda way: way != chosen)
    return [
        Way(way, WAYS[way], ICONS[way], _note(way, early_cents), _is_at_once(way, early_cents),
            way == chosen)
        for way in offered
    ]  # fmt: skip


def _note(way: str, early_cents: int | None) -> str:
    if way == "sepa_debit" and early_cents:
        return say("topup.way.sepa_debit.early", amount=money(early_cents).replace(",00", ""))
    return say(f"topup.way.{way}.note")


def _is_at_once(way: str, early_cents: int | None) -> bool:
    return way in AT_ONCE or (way == "sepa_debit" and bool(early_cents))
