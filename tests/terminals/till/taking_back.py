"""Short ways to take a sale back, and to look at what came of it."""

from datetime import UTC, datetime
from uuid import uuid4

from terminals.adapters import Approved, Evidence
from terminals.till import outbox, payments, take_backs
from terminals.till.attempts import attempts_of, find_attempt
from terminals.till.sales import find_sale
from terminals.till.shifts import close_shift, current_shift, open_shift
from tests.terminals.till.conftest import FLOAT


def now():
    return datetime.now(UTC)


def void(bare, of, key=None):
    with bare.site.journal.write() as connection:
        return payments.void(
            connection, bare.desk(), of, key=key or uuid4(), reason="twice", adapter="zvt"
        )


def ask(bare, of, lines=None):
    with bare.site.journal.write() as connection:
        shift = current_shift(connection, "B01-1").code
        return take_backs.ask_refund(
            connection, of, lines=lines, shift=shift, key=uuid4(), reason="ill", person="S-0002",
            now=now(),
        )  # fmt: skip


def pay(bare, of, asked):
    with bare.site.journal.write() as connection:
        return payments.pay_refund(connection, bare.desk(), of, asked, adapter="zvt")


def end(bare, of, verdict):
    with bare.site.journal.write() as connection:
        payments.decide(connection, of, verdict, now())


def state(bare, of, statement):
    with bare.site.journal.write() as connection:
        payments.state_what_was_seen(
            connection, bare.desk(), find_attempt(connection, of.id), statement=statement,
            new_basket=uuid4(),
        )  # fmt: skip


def hear(bare, asked, decided):
    decision = {"refund": str(asked.id), "state": decided, "decided_at": now().isoformat()}
    with bare.site.journal.write() as connection:
        take_backs.hear_decision(connection, decision)


def decide_here(bare, asked, person):
    with bare.site.journal.write() as connection:
        take_backs.decide_here(
            connection, asked, person=person, decision="approved", reason="", now=now()
        )


def sale(bare, of):
    with bare.site.journal.read() as connection:
        return find_sale(connection, of.key)


def found(bare, asked):
    with bare.site.journal.read() as connection:
        return take_backs.find_take_back(connection, asked.id)


def large(bare):
    """A sale above the limit."""
    bare.fill("POOL-FAM", "POOL-FAM", "POOL-FAM")
    return bare.pay_in_cash(3600)


def by_card(bare):
    """Two adults by card."""
    bare.fill("POOL-AD", "POOL-AD")
    key = uuid4()
    with bare.site.journal.write() as connection:
        begun = payments.pay_by_card(
            connection, bare.desk(), key=key, terminal="B01-1", adapter="zvt"
        )
        heard = Evidence("0001", 1000, "girocard")
        payments.decide(connection, begun, Approved(heard), now())
        (paid,) = attempts_of(connection, begun.basket)
        return find_sale(connection, paid.id)


def evidence(of, number):
    return Evidence(number, of.total_cents, "girocard")


def next_shift(bare, counts=None):
    first = close(bare)
    with bare.site.journal.write() as connection:
        open_shift(connection, "B01-1", person="S-0002", counts=counts or FLOAT, now=now())
    return first


def close(bare):
    with bare.site.journal.write() as connection:
        first = current_shift(connection, "B01-1")
        close_shift(
            connection, first, counts=[FLOAT], reason="change", person="S-0002",
            next_person=None, now=now(),
        )  # fmt: skip
    return first


def kinds(bare):
    with bare.site.journal.read() as connection:
        told = [item.kind for item in outbox.waiting(connection, "B01-1", 1000)]
    return {kind: told.count(kind) for kind in told}
