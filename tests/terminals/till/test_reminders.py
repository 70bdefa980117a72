"""Reminding the second person of a refund: while it waits, and every two minutes at most."""

from datetime import timedelta

import pytest

from terminals.till import reminders, take_backs
from terminals.till.errors import TillRefusal
from terminals.till.reminders import PAUSE
from tests.terminals.till.taking_back import ask, decide_here, now


def test_a_reminder_is_told_every_two_minutes_while_nobody_has_decided(bare):
    bare.fill("POOL-FAM", "POOL-FAM", "POOL-FAM")
    asked = ask(bare, bare.pay_in_cash(3600))
    first = now()
    remind(bare, asked, first)
    with pytest.raises(TillRefusal, match="reminded_before"):
        remind(bare, asked, first + PAUSE - timedelta(seconds=1))
    remind(bare, asked, first + PAUSE)
    with bare.site.journal.read() as connection:
        assert reminders.reminded_at(connection, asked) == first + PAUSE
    decide_here(bare, asked, "S-0003")
    with pytest.raises(TillRefusal, match="not_pending"):
        remind(bare, asked, first + 3 * PAUSE)


def remind(bare, asked, at):
    with bare.site.journal.write() as connection:
        current = take_backs.find_take_back(connection, asked.id)
        reminders.remind(connection, current, person="S-0002", now=at)
