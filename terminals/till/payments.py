"""Taking money and giving it back: what a tap on a pay key writes down, and what follows.

Each function is one commit before anything is asked of a device, and one commit with all that
follows from its answer. A process that dies between the two finds the attempt at its next start.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import Connection

from terminals.adapters import Verdict
from terminals.till import attempts, take_backs
from terminals.till.attempts import Attempt, Wanted
from terminals.till.baskets import (
    Basket,
    current_basket,
    find_basket,
    keep,
    set_state,
    start_basket,
)
from terminals.till.enrolled import Till
from terminals.till.errors import TillRefusal
from terminals.till.sales import CARD_WAYS, Sale, Tender, complete, find_sale
from terminals.till.shifts import current_shift
from terminals.till.take_backs import TakeBack

WALLET = "wallet"  # the adapter of an attempt whose device is the centre itself
LINK = "pay_link"  # and of one where the centre waits for the guest's own device
CENTRES = frozenset({WALLET, LINK})


@dataclass(frozen=True, slots=True)
class Desk:
    """Who asks for something, where and when."""

    till: Till
    person: str
    now: datetime


def pay_by_card(
    connection: Connection, at: Desk, *, key: UUID, terminal: str, adapter: str
) -> Attempt | None:
    """Write down that the basket is to be paid at a terminal; None: this key was used before.

    Raises TillRefusal: basket_empty, basket_locked, payment_open, shift_missing.
    """
    if attempts.find_attempt(connection, key) is not None:
        return None
    return begin_payment(connection, at, key=key, terminal=terminal, adapter=adapter)


def begin_payment(
    connection: Connection, at: Desk, *, key: UUID, terminal: str, adapter: str
) -> Attempt:
    """Lock the basket for an attempt of this key, which is new. Raises as `pay_by_card`."""
    paid = payable(connection, at.till.code)
    wanted = Wanted(
        till=at.till.code, shift=paid.shift, terminal=terminal, adapter=adapter, kind="payment",
        amount_cents=paid.total_cents, person=at.person, basket=paid.id,
    )  # fmt: skip
    begun = attempts.start(connection, wanted, key=key, now=at.now)
    set_state(connection, paid, "paying", at.now)
    return begun


def pay_in_cash(connection: Connection, at: Desk, *, key: UUID, tendered_cents: int) -> Sale:
    """Sell for cash; the same key again is the same sale.

    Raises TillRefusal: tendered_too_little (missing_cents) and those of `pay_by_card`.
    """
    done = find_sale(connection, key)
    if done is not None:
        return done
    paid = payable(connection, at.till.code)
    if tendered_cents < paid.total_cents:
        raise TillRefusal("tendered_too_little", missing_cents=paid.total_cents - tendered_cents)
    tender = Tender("cash", tendered_cents=tendered_cents)
    return complete(connection, paid, tender, key=key, person=at.person, now=at.now)


def hand_out(connection: Connection, at: Desk, *, key: UUID) -> Sale:
    """Give out what costs nothing. Raises TillRefusal: not_free and those of `pay_by_card`."""
    done = find_sale(connection, key)
    if done is not None:
        return done
    given = payable(connection, at.till.code, is_free=True)
    tender = Tender("cash", tendered_cents=0)
    return complete(connection, given, tender, key=key, person=at.person, now=at.now)


def issue_notice(connection: Connection, at: Desk, *, key: UUID) -> Sale:
    """A fee notice instead of money: a claim under its case, which a pay link settles."""
    done = find_sale(connection, key)
    if done is not None:
        return done
    owed = payable(connection, at.till.code)
    return complete(connection, owed, Tender("invoice"), key=key, person=at.person, now=at.now)


def void(
    connection: Connection, at: Desk, of: Sale, *, key: UUID, reason: str, adapter: str
) -> Attempt | None:
    """Void a sale of this shift. An attempt where a card has to be asked, None where it is done.

    Raises TillRefusal: shift_over (then it is a refund), sale_not_paid, payment_open.
    """
    if take_backs.find_take_back(connection, key) is not None:
        return None
    if of.way == "online":  # the money is with the provider: finance gives it back from there
        raise TillRefusal("link_sale")
    shift = current_shift(connection, at.till.code)
    if shift is None or shift.code != of.shift:
        raise TillRefusal("shift_over")
    asked = take_backs.ask_void(
        connection, of, key=key, reason=reason, person=at.person, now=at.now
    )
    return _give_back(connection, at, of, asked, kind="reversal", adapter=adapter)


def pay_refund(
    connection: Connection, at: Desk, of: Sale, asked: TakeBack, *, adapter: str
) -> Attempt | None:
    """Give back an approved refund the way it was paid; as `void`.

    Cash leaves the drawer of the shift that runs now, whichever it was asked for in.
    """
    shift = current_shift(connection, at.till.code)
    if shift is None:
        raise TillRefusal("shift_missing")
    paying = take_backs.begin_paying(connection, asked, shift=shift.code)
    return _give_back(connection, at, of, paying, kind="refund", adapter=adapter)


def decide(connection: Connection, of: Attempt, verdict: Verdict, now: datetime) -> Attempt:
    """Keep what a device said and do what follows, in one transaction and once."""
    before = attempts.find_attempt(connection, of.id)
    assert before is not None
    decided = attempts.decide(connection, before, verdict, now)
    if before.state not in attempts.OPEN or decided.state in attempts.OPEN:
        return decided
    if decided.kind == "payment":
        _after_payment(connection, decided, now)
    else:
        _after_giving_back(connection, decided, now)
    return decided


def state_what_was_seen(
    connection: Connection, at: Desk, of: Attempt, *, statement: str, new_basket: UUID
) -> None:
    """A person says what the terminal showed that cannot tell itself.

    "paid": the guest is admitted, the sale booked, and finance proves the money. "not_paid": the
    basket may be charged anew, as a basket of its own. "dont_know": it waits for finance.
    """
    current = attempts.find_attempt(connection, of.id)
    if current is None or current.state != "unknown" or current.statement is not None:
        raise TillRefusal("payment_decided")
    if of.adapter in CENTRES:  # the centre can say, and will
        raise TillRefusal("payment_open")
    attempts.state_by_person(connection, of, statement=statement, person=at.person, now=at.now)
    if of.kind != "payment" or of.basket is None:
        _after_statement(connection, at, of, statement)
        return
    held = find_basket(connection, of.basket)
    assert held is not None
    if statement == "paid":
        tender = Tender("girocard")
        _complete(connection, held, tender, of, now=at.now)
        return
    is_on_counter = held.state == "paying"
    set_state(connection, held, "dropped", at.now)
    if statement == "not_paid":
        state = "open" if is_on_counter else "parked"
        keep_new(connection, replace(held, id=new_basket, state=state), at.now)


def park(connection: Connection, of: Basket, now: datetime) -> None:
    """Put a locked basket aside so that the next guest can be served; it stays locked."""
    if of.state == "paying":
        set_state(connection, of, "parked", now)


def unpark(connection: Connection, held: Basket, empty: Basket | None, now: datetime) -> None:
    """Bring a parked basket back to the counter in place of the empty one there."""
    if empty is not None:
        set_state(connection, empty, "dropped", now)
    set_state(connection, held, "open", now)


def payable(connection: Connection, till: str, *, is_free: bool = False) -> Basket:
    """The basket on the counter, if it can be paid now. Raises TillRefusal as `pay_by_card`."""
    found = current_basket(connection, till)
    shift = current_shift(connection, till)
    if found is None or not found.lines:
        raise TillRefusal("basket_empty")
    if found.state != "open":
        raise TillRefusal("basket_locked")
    if (found.total_cents == 0) != is_free:
        raise TillRefusal("not_free" if is_free else "nothing_to_pay")
    if any(line.is_sovereign for line in found.lines) and not found.case_reference:
        raise TillRefusal("case_missing")
    if shift is None:
        raise TillRefusal("shift_missing")
    # Filled or parked before a hand-over, it is sold by whoever sells it.
    return replace(found, shift=shift.code)


def keep_new(connection: Connection, fresh: Basket, now: datetime) -> None:
    """Write a basket that is a copy of an earlier one."""
    start_basket(
        connection, till=fresh.till, shift=fresh.shift, key=fresh.id, now=now, state=fresh.state
    )
    keep(connection, fresh, now)


def _give_back(
    connection: Connection, at: Desk, of: Sale, asked: TakeBack, *, kind: str, adapter: str
) -> Attempt | None:
    if of.way not in CARD_WAYS:
        take_backs.finish(connection, asked, attempt=None, person=at.person, now=at.now)
        return None
    paid = attempts.find_attempt(connection, of.attempt) if of.attempt else None
    if paid is None:
        raise TillRefusal("sale_not_paid", number=of.receipt_number)
    wanted = Wanted(
        till=at.till.code, shift=asked.shift, terminal=paid.terminal, adapter=adapter,
        kind="reversal" if kind == "reversal" else "refund", amount_cents=asked.amount_cents,
        person=at.person, sale=of.key, original=paid.evidence,
    )  # fmt: skip
    return attempts.start(connection, wanted, key=uuid4(), now=at.now)


def _after_payment(connection: Connection, decided: Attempt, now: datetime) -> None:
    assert decided.basket is not None
    held = find_basket(connection, decided.basket)
    assert held is not None
    if decided.state == "approved":
        # Where a person said "paid" before, the sale is there: now it is proven.
        if find_sale(connection, decided.id) is None:
            _complete(connection, held, _tender(decided), decided, now=now)
    elif held.state == "paying":
        set_state(connection, held, "open", now)  # a parked one waits to be resumed


def _complete(
    connection: Connection, held: Basket, tender: Tender, of: Attempt, *, now: datetime
) -> None:
    """Sell what an attempt paid: in the shift that runs now, whose numbers have room for it."""
    shift = current_shift(connection, held.till)
    sold = replace(held, shift=shift.code) if shift else held
    complete(connection, sold, tender, key=of.id, person=of.person, now=now, attempt=of)


def _after_statement(connection: Connection, at: Desk, of: Attempt, statement: str) -> None:
    """What a person saw of a reversal or refund; nobody knows: it stays on its way."""
    asked = of.sale and take_backs.on_its_way(connection, of.sale)
    if not asked:
        return
    if statement == "paid":
        take_backs.finish(connection, asked, attempt=of.id, person=at.person, now=at.now)
    elif statement == "not_paid":
        take_backs.not_paid(connection, asked)


def _tender(decided: Attempt) -> Tender:
    if decided.adapter == WALLET:
        return Tender(WALLET, wallet=decided.terminal)
    if decided.adapter == LINK:
        return Tender("online")
    assert decided.evidence is not None
    return Tender(decided.evidence.way, evidence=decided.evidence)


def _after_giving_back(connection: Connection, decided: Attempt, now: datetime) -> None:
    assert decided.sale is not None
    asked = take_backs.on_its_way(connection, decided.sale)
    if asked is None:  # a person said how it ended before the device did
        return
    if decided.state == "approved":
        take_backs.finish(connection, asked, attempt=decided.id, person=decided.person, now=now)
    else:
        take_backs.not_paid(connection, asked)
