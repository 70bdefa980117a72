"""The journal as a DATEV booking batch (EXTF 700, category 21, format version 13).

One row for each Buchungssatz: its amount, "S", the debit account and the credit account as
contra account. A file holds days of one month and at most 99,999 rows. Wallets, passes and other
sub-ledgers appear as their control account, texts are titles of posting rules: no row leads to a
person. Tax is booked by rows of its own, so a tax key would tax a second time; a city whose DATEV
accounts tax by themselves maps tax codes to the key that switches that off.

Source: developer.datev.de, DATEV format, booking batch.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TextIO

from ledger.calendar import CITY_TIME
from reconciliation.exports import (
    Books,
    Export,
    ExportedEntry,
    ExportedTransfer,
    Layout,
    Settings,
    units,
)
from reconciliation.exports.datev.columns import COLUMNS, TEXTS
from reconciliation.exports.fields import Values, mapped
from reconciliation.exports.refusals import ExportRefused

MOST_ROWS = 99_999
LONGEST_TEXT = 60
_NO_REFERENCE_SIGN = re.compile(r"[^A-Za-z0-9$&%*+/-]")
_NO_TEXT_SIGN = re.compile(r"[\x00-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Client:
    """Whose books these are, as DATEV knows them, and how our numbers become DATEV's.

    consultant, client: Berater and Mandant. fiscal_year_month: the one that begins with a fiscal
    year. is_final: rows come in locked (Festschreibung). tax_keys: BU-Schlüssel by tax code.
    """

    consultant: int
    client: int
    account_length: int
    fiscal_year_month: int
    chart: str
    is_final: bool
    initials: str
    accounts: Mapping[str, str]
    tax_keys: Mapping[str, str]


def layout(settings: Settings) -> Layout:
    """For this city's consultant and client. Raises SettingsWrong."""
    client = _client(Values("datev", settings))
    return Layout(
        lambda books, stream: write(books, stream, client), ".csv", "cp1252", by_month=True,
        room=MOST_ROWS, prefix="EXTF_",
    )  # fmt: skip


def write(books: Books, stream: TextIO, client: Client) -> None:
    """The header, the names of the columns, a row for each transfer.

    Raises ExportRefused: export_account for an account DATEV has no number for, export_mixed
    where the days are of two fiscal years.
    """
    stream.write(_header(books, client) + "\r\n")
    stream.write(";".join(COLUMNS) + "\r\n")
    for entry in books.entries:
        for moved in entry.transfers:
            stream.write(_line(_cells(entry, moved, client)))


def _header(books: Books, client: Client) -> str:
    begins = _fiscal_year(books.first_day, client)
    if begins != _fiscal_year(books.last_day, client):
        raise ExportRefused("export_mixed", first=books.first_day, last=books.last_day)
    made = books.made_at.astimezone(CITY_TIME)
    title = "Journal" if books.number is None else f"Stapel {books.number}"
    fields = (
        '"EXTF"', "700", "21", '"Buchungsstapel"', "13",
        f"{made:%Y%m%d%H%M%S}{made.microsecond // 1000:03d}", "", '"SK"', '""', '""',
        f"{client.consultant}", f"{client.client}", f"{begins:%Y%m%d}",
        f"{client.account_length}", f"{books.first_day:%Y%m%d}", f"{books.last_day:%Y%m%d}",
        f'"{title}"', f'"{client.initials}"', "1", "0", f"{client.is_final:d}", '"EUR"', "",
        '""', "", "", f'"{client.chart}"', "", "", '""', '""',
    )  # fmt: skip
    return ";".join(fields)


def _cells(entry: ExportedEntry, moved: ExportedTransfer, client: Client) -> dict[int, str]:
    """What is not empty, by the place of its column."""
    of = moved.dimensions
    return {
        1: units(moved.amount_cents, ","),
        2: "S",
        3: moved.currency,
        7: _number(moved.debit_code, client),
        8: _number(moved.credit_code, client),
        9: client.tax_keys.get(of.tax_code or "", ""),
        10: f"{entry.booked_on:%d%m}",
        11: _NO_REFERENCE_SIGN.sub("-", entry.reference or str(entry.id))[:36],
        12: str(entry.id)[-12:],
        14: _NO_TEXT_SIGN.sub(" ", entry.title)[:LONGEST_TEXT],
        37: _NO_TEXT_SIGN.sub(" ", of.cost_centre or "")[:36],
        114: f"{client.is_final:d}",
    }


def _line(cells: Mapping[int, str]) -> str:
    written = dict(_EMPTY)
    for place, cell in cells.items():
        quoted = '"' + cell.replace('"', '""') + '"'
        written[place] = quoted if place in TEXTS else cell
    return ";".join(written.values()) + "\r\n"


_EMPTY = {place: '""' if place in TEXTS else "" for place in range(1, len(COLUMNS) + 1)}


def _number(code: str, client: Client) -> str:
    number = mapped(client.accounts, code)
    if not number.isascii() or not number.isdigit() or len(number) > client.account_length + 1:
        raise ExportRefused("export_account", account=code, number=number)
    return number


def _fiscal_year(day: date, client: Client) -> date:
    year = day.year if day.month >= client.fiscal_year_month else day.year - 1
    return date(year, client.fiscal_year_month, 1)


def _client(values: Values) -> Client:
    values.only("consultant", "client", "account_length", "fiscal_year_month", "chart",
                "is_final", "initials", "accounts", "tax_keys")  # fmt: skip
    tax_keys = values.texts("tax_keys")
    if not all(re.fullmatch(r"[0-9]{1,4}", key) for key in tax_keys.values()):
        raise values.wrong("a tax key has one to four digits")
    initials = values.text("initials", "SK", longest=2)
    if not initials.isascii() or not initials.isalpha():
        raise values.wrong("initials are two letters")
    return Client(
        consultant=values.number("consultant", least=1001, most=9_999_999),
        client=values.number("client", least=1, most=99_999),
        account_length=values.number("account_length", 6, least=4, most=8),
        fiscal_year_month=values.number("fiscal_year_month", 1, least=1, most=12),
        chart=values.choice("chart", ("", "03", "04")),
        is_final=values.flag("is_final", default=True),
        initials=initials, accounts=values.texts("accounts"), tax_keys=tax_keys,
    )  # fmt: skip


EXPORT = Export("datev", "DATEV (EXTF)", layout)
