"""The storm: each story's messages in any order, twice, or never, with everything in between.

Whoever looks (a message, the payer who comes back, the nightly sweep) finds the same books in the
end, and nowhere on the way is anything credited twice.
"""

import os
from dataclasses import dataclass
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from config.database import Database
from terminals.simulators.stripe import Simulator
from tests.terminals.checkout.shop import Shop, a_shop
from tests.terminals.checkout.stories import STORIES, Story, Teller

STORMS = int(os.environ.get("STORMS", "3"))  # of each story
COSTS = ("543100", "543110")
# Between two steps: a message by its number among all told so far, the payer's return, the sweep.
looks = st.one_of(st.integers(0, 40), st.integers(0, 40), st.just("return"), st.just("sweep"))
storms = st.lists(st.lists(looks, max_size=3), min_size=8, max_size=8)


@pytest.mark.parametrize("name", STORIES)
@given(storm=storms, is_all_told=st.booleans(), order=st.randoms(use_true_random=False))
@settings(
    max_examples=STORMS,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
def test_the_books_do_not_depend_on_who_tells_what_when(  # noqa: PLR0917 - Hypothesis names them
    city: Database, stripe: Simulator, name: str, storm: list[list[int | str]], is_all_told: bool,
    order: Random,
) -> None:  # fmt: skip
    story, shop = STORIES[name], a_shop(city, stripe)
    teller, before, told = Teller(shop), Figures.of(shop), len(stripe.webhooks.events())
    for step, between in zip(story.steps, storm, strict=False):
        step(teller)
        for look in between:
            happens(teller, look)
            assert 0 <= shop.balance() <= story_cents(teller)
    events = list(stripe.webhooks.events())[told:]
    order.shuffle(events)
    for event in events if is_all_told else []:
        shop.told(event)
    shop.wait(hours=26)
    shop.sweep()
    check(shop, story, teller, before)
    for event in events[:3]:
        shop.told(event)
    shop.sweep()
    check(shop, story, teller, before)


@dataclass(frozen=True)
class Figures:
    """Our accounts, and what the provider says we have there."""

    books: dict[str, int]
    provider_cents: int

    @classmethod
    def of(cls, shop: Shop) -> "Figures":
        return cls(shop.books(), shop.provider_cents())

    def until(self, later: "Figures") -> "Figures":
        """What moved since."""
        codes = self.books | later.books
        moved = {code: later.books.get(code, 0) - self.books.get(code, 0) for code in codes}
        moved = {code: cents for code, cents in moved.items() if cents}
        return Figures(moved, later.provider_cents - self.provider_cents)


def happens(teller: Teller, look: int | str) -> None:
    shop = teller.shop
    if look == "return":
        shop.settle(teller.payment)
    elif look == "sweep":
        shop.sweep()
    elif events := shop.stripe.webhooks.events():
        shop.told(events[int(look) % len(events)])


def check(shop: Shop, story: Story, teller: Teller, before: Figures) -> None:
    moved = before.until(Figures.of(shop))
    left = dict(moved.books)
    assert left.pop("184200", 0) == moved.provider_cents
    costs = sum(left.pop(code, 0) for code in COSTS)
    assert left == dict(story.left)
    assert costs == -sum(story.left.values()) - moved.provider_cents
    assert shop.found(teller.payment).state == story.state
    assert shop.balance() == -story.left.get("371000", 0)


def story_cents(teller: Teller) -> int:
    return sum(payment.amount_cents for payment in teller.payments)
