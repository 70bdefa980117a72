"""A worker killed (-9) before any step; another one goes on, and the books are the same."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from terminals.checkout.inbox import message_in_event, store
from tests.terminals.checkout.shop import Shop

ROOT = Path(__file__).parents[3]


def a_worker(shop: Shop, dies_at: int) -> int:
    url = shop.database.engine.url.render_as_string(hide_password=False)
    script = str(Path(__file__).parent / "mortal.py")
    done = subprocess.run(
        [sys.executable, script, url, shop.stripe.address, str(dies_at)],
        env=os.environ | {"PYTHONPATH": str(ROOT)}, check=False, timeout=300,
    )  # fmt: skip
    return done.returncode


@pytest.mark.parametrize("first", [5, 8])
def test_killed_again_and_again_it_books_once(shop: Shop, first: int) -> None:
    card, debit = shop.begin(2500), shop.begin(3000)
    shop.pays(card)
    shop.pays(debit, "sepa")
    shop.settle(debit)
    shop.stripe.online.clear_debit(str(shop.found(debit).intent))
    shop.stripe.online.settle()
    with shop.database.transaction() as session:
        for told in shop.stripe.webhooks.events():
            store(session, message_in_event(told))
    deaths = 0
    for dies_at in range(first, 60, 6):  # each one gets further than the one before
        ended = a_worker(shop, dies_at)
        assert ended in (0, -signal.SIGKILL)
        deaths += ended != 0
        if ended == 0:
            break
    assert deaths >= 3
    assert a_worker(shop, -1) == 0
    books = shop.books()
    assert books.pop("184200") == shop.provider_cents()
    assert books.pop("543100") == 5500 - shop.provider_cents()
    assert books == {"371000": -5500}
