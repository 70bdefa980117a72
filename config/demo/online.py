"""The demonstration online: a payment provider, a mail server, and families to sign in as.

Both are simulated and speak the real protocols. Where the settings name real ones, those are
taken and the simulated ones stay away.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.demo.programs import HOST, free_port, program, stopped
from config.settings import Settings
from ledger.catalogue.posted import posted_catalogue
from ledger.facilities.daycare.meals import cut_off
from ledger.meals import MealsCharged, NoMealThen, order_meals
from ledger.menu_file import publish_plan, read_menu
from ledger.standing_orders import plan_meals, plan_until, set_standing_order
from ledger.tables.services import child, subsidy
from terminals.portal.payers import add_payer, payer_by_email, set_password

CITY_FILES = Path(__file__).parents[1] / "cities" / "aachen"
PASSWORD = "Nudeln mit Tomatensoße"  # noqa: S105 - printed on the screen
SECRET = "whsec_demonstration"  # noqa: S105 - of a simulated provider
STRIPE_PORT, SMTP_PORT, MAIL_PORT = 20012, 20025, 8025
EATS_ON = (1, 2, 3, 4, 5)
MEALS = ("KITA-L", "KITA-S")


@dataclass(frozen=True, slots=True)
class Online:
    """Where the simulated provider and mail server are found.

    is_real: payments online are taken by the provider of the settings; the simulated one serves
    the readers at the counters all the same. smtp_port, mail_port: 0 where letters are really sent.
    """

    stripe_port: int
    is_real: bool
    smtp_port: int
    mail_port: int

    @property
    def provider_page(self) -> str:
        """What the simulated provider shall do next."""
        return f"http://{HOST}:{self.stripe_port}/_sim/"

    @property
    def mail_page(self) -> str:
        """The letters that were sent; empty where they really were."""
        return f"http://{HOST}:{self.mail_port}/" if self.mail_port else ""

    def settings(self, given: Settings, address: str) -> Settings:
        """The settings of this demonstration, served at `address`."""
        made = replace(given, origin=given.origin or address)
        if not self.is_real:
            made = replace(
                made, stripe_api_key="sk_test_demonstration", stripe_webhook_secret=SECRET,
                stripe_address=f"http://{HOST}:{self.stripe_port}",
            )  # fmt: skip
        if self.smtp_port:
            made = replace(made, smtp_url=f"smtp://{HOST}:{self.smtp_port}")
        return made


def free_online(given: Settings) -> Online:
    """Ports where the simulated ones can listen now; none where the settings name real ones."""
    is_mailed = given.smtp_url is not None
    return Online(
        free_port(STRIPE_PORT),
        given.stripe_api_key is not None,
        0 if is_mailed else free_port(SMTP_PORT),
        0 if is_mailed else free_port(MAIL_PORT),
    )


@contextmanager
def simulated(online: Online, centre: str) -> Iterator[None]:
    """The simulated provider and mail server, started; they end with the context."""
    heard = ("--webhook", f"{centre}/webhooks/stripe", "--secret", SECRET)
    begun = [
        program(
            "simulate", "stripe", "--port", online.stripe_port, "--guest", "visa",
            *(() if online.is_real else heard),
        )
    ]  # fmt: skip
    if online.smtp_port:
        begun.append(
            program("simulate", "mail", "--smtp-port", online.smtp_port, "--port", online.mail_port)
        )
    with stopped(begun):
        yield


@dataclass(frozen=True, slots=True)
class Parent:
    """A family of the demonstration: how it signs in, and whether its lunch is subsidised."""

    email: str
    is_subsidised: bool


PARENTS = (
    Parent("familie@aachen.example", is_subsidised=False),
    Parent("eltern@aachen.example", is_subsidised=True),
)


def move_in(session: Session, today: date) -> None:
    """Let two families with two children each sign in; what they eat is ordered ahead."""
    publish_plan(session, read_menu(CITY_FILES / "menu.toml"), today)
    taken: list[str] = []
    for parent in PARENTS:
        known = payer_by_email(session, parent.email)
        wallet = known.wallet if known else _with_two(session, taken, parent)
        taken.append(wallet)
        if known is None:
            now = datetime.now(UTC)
            made = add_payer(session, parent.email, language="de", wallet=wallet, at=now)
            set_password(session, made.code, PASSWORD)
            for code in _children(session, wallet):
                set_standing_order(session, code, products=MEALS,
                                   weekdays=EATS_ON, valid_from=today, at=now)  # fmt: skip
    _order_today(session, [code for wallet in taken for code in _children(session, wallet)], today)
    plan_meals(session, plan_until(posted_catalogue(session), today), at=datetime.now(UTC))


def _with_two(session: Session, but: Sequence[str], parent: Parent) -> str:
    """The first wallet with two children whose lunch is, or is not, subsidised."""
    is_paid = select(subsidy.c.child).where(subsidy.c.child == child.c.number).exists()
    wanted = is_paid if parent.is_subsidised else ~is_paid
    rows = session.scalars(select(child.c.wallet).where(wanted).order_by(child.c.number))
    seen: set[str] = set()
    for wallet in map(str, rows):
        if wallet in seen and wallet not in but:
            return wallet
        seen.add(wallet)
    raise LookupError("no family of the demonstration has two children")


def _order_today(session: Session, children: Sequence[str], today: date) -> None:
    """Who was ordered for before the cut-off eats today; the plan begins tomorrow."""
    try:
        order_meals(
            session, today, [(code, product) for code in children for product in MEALS],
            at=cut_off(today) - timedelta(hours=1),
        )  # fmt: skip
    except (NoMealThen, MealsCharged):
        return  # the centre is closed today, or the day was charged at an earlier start


def _children(session: Session, wallet: str) -> list[str]:
    return list(session.scalars(select(child.c.code).where(child.c.wallet == wallet)))
