"""The journal for hledger: `hledger check -s` adds up and asserts, with everything declared."""

from typing import TextIO

from reconciliation.exports import Books, Export, Layout, Settings, units


def write(books: Books, stream: TextIO) -> None:
    """Declare currencies and accounts, write every entry, assert every balance in a last one."""
    for currency in sorted({currency for _, currency in books.balances.values()}):
        stream.write(f"commodity 1000.00 {currency}\n")
    for name in books.balances:
        stream.write(f"account {name}\n")
    for entry in books.entries:
        description = " ".join(filter(None, (entry.event, entry.reference))).replace(";", ",")
        stream.write(f"\n{entry.booked_on} * ({entry.id}) {description}\n")
        for moved in entry.transfers:
            amount = units(moved.amount_cents)
            stream.write(f"    {moved.debit}  {amount} {moved.currency}\n")
            stream.write(f"    {moved.credit}  -{amount} {moved.currency}\n")
    if books.balances:
        stream.write(f"\n{books.last_day} * balances\n")
    for name, (cents, currency) in books.balances.items():
        stream.write(f"    {name}  0.00 {currency} = {units(cents)} {currency}\n")


def layout(_: Settings) -> Layout:
    """Nothing about it is the city's choice."""
    return Layout(write, ".journal")


EXPORT = Export("hledger", "hledger", layout)
