"""The journal for beancount: `bean-check` adds everything up again and asserts each balance."""

from datetime import timedelta
from typing import TextIO

from reconciliation.exports import Books, Export, Layout, Settings, units


def write(books: Books, stream: TextIO) -> None:
    """Open every account, write every entry, assert every balance on the day after the last.

    The tolerance is written out as zero: without it beancount lets a wrong cent pass.
    """
    for name, (_, currency) in books.balances.items():
        stream.write(f"{books.first_day} open {name} {currency}\n")
    for entry in books.entries:
        narration = " ".join(filter(None, (entry.event, entry.reference))).replace('"', "'")
        stream.write(f'\n{entry.booked_on} * "{narration}"\n  entry: {entry.id}\n')
        for moved in entry.transfers:
            amount = units(moved.amount_cents)
            stream.write(f"  {moved.debit}  {amount} {moved.currency}\n")
            stream.write(f"  {moved.credit}  -{amount} {moved.currency}\n")
    stream.write("\n")
    after = books.last_day + timedelta(days=1)
    for name, (cents, currency) in books.balances.items():
        stream.write(f"{after} balance {name}  {units(cents)} ~ 0.00 {currency}\n")


def layout(_: Settings) -> Layout:
    """Nothing about it is the city's choice."""
    return Layout(write, ".beancount")


EXPORT = Export("beancount", "beancount", layout)
