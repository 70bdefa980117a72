"""The line to the terminal is cut at every single byte: the till's verdict is the terminal's."""

from collections import Counter as Tally

import pytest
from sqlalchemy import select

from ledger.charges import find_charge
from terminals.till.journal.tables import attempt


@pytest.mark.parametrize(("prints", "step"), [("none", 1), ("negotiated", 11)])
def test_a_cut_at_any_byte_ends_with_the_terminals_own_verdict(
    counter, terminal, centre, prints, step
):
    terminal.set(prints=prints)
    lengths = _lengths_of_a_dialogue(counter, terminal)
    seen = Tally()
    approved = [one.id for one in _attempts(counter)]
    centre.stop()

    for direction, length in lengths.items():
        # A terminal that prints takes back what is cut before the very end: look there closely.
        for byte in sorted({*range(0, length + 1, step), *range(length - 5, length + 1)}):
            decided = _pay_through_a_cut(counter, terminal, direction, byte)
            seen[decided.state] += 1
            if decided.state == "approved":
                approved.append(decided.id)

    # Both ends of the story were told, and neither of them by luck alone.
    assert seen["approved"] > 2
    assert seen["aborted"] + seen["declined"] > 4
    assert len(approved) == sum(1 for one in terminal.ledger if one.state == "approved")
    centre.start()
    counter.all_sent(60)
    with centre.database.read_only() as session:
        assert all(find_charge(session, key).entry_id for key in approved)


def _pay_through_a_cut(counter, terminal, direction, byte):
    before = len(terminal.ledger)
    total = counter.fill("POOL-AD")
    terminal.cut(direction, byte, command="0601")
    key = counter.pay_by_card()
    decided = counter.ends(key)
    terminal.heal()
    while decided.state == "unknown":
        assert terminal.settled()
        assert decided.reason != "cannot_say", (direction, byte)
        counter.check(key)
        decided = counter.attempt(key)
    charged = [one for one in terminal.ledger[before:] if one.state == "approved"]
    assert (decided.state == "approved") == bool(charged), (direction, byte, decided)
    assert len(charged) <= 1
    assert all(one.amount_cents == total for one in charged)
    counter.empty()
    return decided


def _lengths_of_a_dialogue(counter, terminal):
    """Bytes in each direction of one whole authorisation, as the terminal sees them."""
    counter.fill("POOL-AD")
    begin = len(terminal.frames)
    assert counter.ends(counter.pay_by_card()).state == "approved"
    assert terminal.settled()
    frames = terminal.frames[begin:]
    start = next(
        n for n, (way, data) in enumerate(frames) if way == "<" and data[:2] == b"\x06\x01"
    )
    sizes = Tally()
    for way, data in frames[start:]:
        sizes["sent" if way == ">" else "received"] += len(data)
    return sizes


def _attempts(counter):
    with counter.site.journal.read() as connection:
        return connection.execute(select(attempt).where(attempt.c.state == "approved")).all()
