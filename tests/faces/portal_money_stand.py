"""The portal of one family in a browser's reach: meals, a dispute, money, and a provider."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

from sqlalchemy import select

from config.database import Database
from ledger.cases import claim_transfer, open_case
from ledger.menus import Dish, publish_menu
from ledger.movements import movements
from ledger.tables.services import meal_charge
from terminals.portal.cookie import NAME
from terminals.simulators.stripe import Simulator
from tests.faces.conftest import served
from tests.money_stand import FIRST, TODAY, Stand, a_family, a_stand, at
from tests.payer_client import Household, a_session

SOUP = Dish("Kartoffelsuppe", "Potato soup", ("celery",))


@dataclass(frozen=True, slots=True)
class Money:
    """root: of the address. meal: the newest of the first child; disputed: one that is checked."""

    stand: Stand
    home: Household
    root: str
    meal: str
    disputed: str

    def cookies(self, home: Household | None = None) -> dict[str, str]:
        """Of a browser in which the payer is signed in."""
        payer = (home or self.home).payer
        return {NAME: a_session(self.stand.database, payer, at=self.stand.now)}


@contextmanager
def money_served(database: Database) -> Iterator[Money]:
    """The application on a port of its own, over books with two weeks of meals."""
    clock = [at(TODAY, 6, 50)]
    with Simulator(clock=lambda: clock[0].timestamp()) as stripe:  # noqa: PLW0108 - it moves
        stand = a_stand(database, stripe, clock=clock)
        home = a_family(database, cents=11240, subsidised=True)
        meal, disputed = _asked(database, home)
        with served(stand.app) as root:
            yield Money(stand, home, root, meal, disputed)


def _asked(database: Database, home: Household) -> tuple[str, str]:
    """A menu, a charge that is disputed and a transfer that is missed."""
    last = TODAY - timedelta(days=1)
    with database.transaction() as session:
        days = [FIRST + timedelta(days=n) for n in range(21)]
        publish_menu(session, [("K01", day, SOUP) for day in days])
        child = home.children[1].code
        found = movements(session, home.wallet, kind="meal", child=child)
        meal, disputed = found.movements[0].id, found.movements[1].id
        known = select(meal_charge.c.day).where(meal_charge.c.key == meal)
        assert session.scalar(known) == last
        open_case(
            session, uuid4(), kind="charge_dispute", wallet=home.wallet, subject=str(disputed),
            reason="was_cancelled", words="Ich habe am Mittwochabend hier abbestellt.",
            at=at(TODAY, 6, 30),
        )  # fmt: skip
        claim_transfer(
            session, home.wallet, key=uuid4(), amount_cents=4000, paid_on=TODAY, at=at(TODAY, 6, 40)
        )
    return str(meal), str(disputed)
