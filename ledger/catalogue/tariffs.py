"""What providers may keep of a payment by card: the rates of the city's contracts, by their day."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from ledger.catalogue.faults import Fault, Place
from ledger.catalogue.fields import Fields
from ledger.tables import catalogue as tables

PROVIDERS = ("acquirer", "stripe")
_WHOLE = 10_000  # basis points


@dataclass(frozen=True, slots=True)
class CardTariff:
    """The fee on one kind of card from `valid_from` on, until the next rate of that kind.

    kind: what the fee depends on, as the provider's files write it: the scheme of the card at an
    acquirer, its region at Stripe. contract: where the rate is agreed.
    """

    provider: str
    kind: str
    valid_from: date
    basis_points: int
    fixed_cents: int
    contract: str
    place: Place = field(default_factory=Place, compare=False, repr=False)


def read_card_tariff(row: Fields) -> CardTariff:
    """One rate of a contract."""
    return CardTariff(
        provider=row.choice("provider", PROVIDERS),
        kind=row.text("kind"),
        valid_from=row.day("valid_from"),
        basis_points=row.number("basis_points"),
        fixed_cents=row.cents("fixed_cents"),
        contract=row.text("contract"),
        place=row.place,
    )


def tariff_faults(tariffs: tuple[CardTariff, ...]) -> Iterator[Fault]:
    """Rates no provider has, and two for one kind of card from the same day."""
    first: dict[tuple[str, str, date], Place] = {}
    for tariff in tariffs:
        what = f"card tariff {tariff.provider} {tariff.kind}"
        if not 0 <= tariff.basis_points <= _WHOLE:
            message = f"{what}: {tariff.basis_points} are no basis points, 0 to {_WHOLE}"
            yield tariff.place.fault(message, "basis_points")
        if tariff.fixed_cents < 0:
            yield tariff.place.fault(f"{what}: a fixed part is 0 or more", "fixed_cents")
        key = tariff.provider, tariff.kind, tariff.valid_from
        earlier = first.setdefault(key, tariff.place)
        if earlier is not tariff.place:
            since = f"from {tariff.valid_from}"
            yield tariff.place.fault(
                f"{what} {since} is already defined in {earlier.file}:{earlier.line}", "valid_from"
            )


def stored_card_tariffs(session: Session) -> tuple[CardTariff, ...]:
    """All rates ever agreed, oldest first within a kind of card."""
    table = tables.card_tariff
    rows = session.execute(select(table).order_by("provider", "kind", "valid_from"))
    return tuple(CardTariff(**row) for row in rows.mappings())
