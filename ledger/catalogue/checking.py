"""Whether a city's files fit together: every code known, once, of the right kind and in time.

Each check yields faults and none stops another. Products and posting rules have
checks of their own next door.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from itertools import chain, pairwise
from typing import Protocol
from zoneinfo import available_timezones

from stdnum import iban

from ledger.catalogue.faults import Fault, Place
from ledger.catalogue.model import Account, City, Facility, TaxCode, Terminal, Till
from ledger.catalogue.product_checks import product_faults
from ledger.catalogue.rule_checks import rule_faults
from ledger.catalogue.tariffs import tariff_faults
from ledger.money import EUR

_CHART_NUMBER = re.compile(r"\d{6}")
_CODE = re.compile(r"[A-Za-z0-9]+(-[A-Za-z0-9]+)*")
_BUDGET_PRODUCT = re.compile(r"\d\d\.\d\d\.\d\d")


def faults_of(city: City) -> list[Fault]:
    """Everything that does not fit together in a city whose files could be read."""
    chart = {account.number: account for account in city.accounts}
    return [
        *_city_faults(city),
        *_code_faults(city),
        *_account_faults(city.accounts),
        *_bank_faults(city, chart),
        *_tax_faults(city.catalogue.tax_codes, chart),
        *tariff_faults(city.card_tariffs),
        *chain.from_iterable(map(_facility_faults, city.catalogue.facilities)),
        *product_faults(city.catalogue, chart),
        *rule_faults(city, chart),
    ]


class _Placed(Protocol):
    @property
    def place(self) -> Place: ...


def _city_faults(city: City) -> Iterator[Fault]:
    if city.time_zone not in available_timezones():
        yield city.place.fault(f"no time zone is named {city.time_zone!r}", "time_zone")
    if city.currency != EUR:
        yield city.place.fault(f"the books are kept in {EUR}, not {city.currency}", "currency")


def _code_faults(city: City) -> Iterator[Fault]:
    """Codes become account names, addresses and receipt fields: letters, digits and hyphens."""
    catalogue = city.catalogue
    houses = catalogue.facilities
    tills = [till for house in houses for till in house.tills]
    terminals = [terminal for house in houses for terminal in house.terminals]
    for what, rows in (
        ("authority", city.authorities),
        ("concession", catalogue.concessions),
        ("group", catalogue.groups),
        ("facility", houses),
        ("till", tills),
        ("terminal", terminals),
        ("product", catalogue.products),
    ):
        for row in rows:
            if row.code and not _CODE.fullmatch(row.code):
                yield row.place.fault(
                    f"{what} {row.code!r}: a code has letters, digits and single hyphens", "code"
                )
        yield from _repeated(rows, what, lambda row: row.code)
    yield from _repeated(city.accounts, "account", lambda row: row.number, "number")
    yield from _repeated(city.bank_accounts, "bank account", lambda row: row.account, "account")
    yield from _repeated(city.bank_accounts, "IBAN", lambda row: row.iban, "iban")
    yield from _repeated(city.rules, "posting rule", lambda row: row.rule.event, "event")


def _repeated(
    rows: Iterable[_Placed], what: str, name: Callable[..., str], key: str = "code"
) -> Iterator[Fault]:
    first: dict[str, Place] = {}
    for row in rows:
        code = name(row)
        earlier = first.setdefault(code, row.place)
        if code and earlier is not row.place:
            yield row.place.fault(
                f"{what} {code} is already defined in {earlier.file}:{earlier.line}", key
            )


def _account_faults(accounts: Iterable[Account]) -> Iterator[Fault]:
    for account in accounts:
        at, number = account.place, account.number
        if not _CHART_NUMBER.fullmatch(number):
            yield at.fault(f"an account number has six digits, not {number!r}", "number")
        if account.floor_cents and not account.guarded:
            yield at.fault(f"account {number} has a floor but is not guarded", "floor_cents")
        if account.guarded and account.kind in ("income", "expense"):
            yield at.fault(f"account {number}: {account.kind} has no floor to guard", "guarded")


def _bank_faults(city: City, chart: dict[str, Account]) -> Iterator[Fault]:
    for bank in city.bank_accounts:
        account = chart.get(bank.account)
        if account is None:
            yield bank.place.fault(f"unknown account {bank.account}", "account")
        elif account.kind not in ("asset", "") or account.is_control:
            yield bank.place.fault(f"account {bank.account} is not a bank's mirror", "account")
        if not iban.is_valid(bank.iban):
            yield bank.place.fault(f"IBAN {bank.iban}: the check digits are wrong", "iban")
    for authority in city.authorities:
        account = chart.get(authority.account)
        if account is None:
            yield authority.place.fault(f"unknown account {authority.account}", "account")
        elif account.sub_ledger != "authority":
            yield authority.place.fault(
                f'account {account.number} has no sub-ledger "authority"', "account"
            )


def _tax_faults(tax_codes: Iterable[TaxCode], chart: dict[str, Account]) -> Iterator[Fault]:
    periods: dict[str, list[TaxCode]] = {}
    for tax in tax_codes:
        periods.setdefault(tax.code, []).append(tax)
        yield from _rate_faults(tax, chart)
    for versions in periods.values():
        for earlier, later in pairwise(versions):
            yield from _succession_faults(earlier, later)


def _rate_faults(tax: TaxCode, chart: dict[str, Account]) -> Iterator[Fault]:
    at, code = tax.place, tax.code
    if tax.valid_until is not None and tax.valid_until < tax.valid_from:
        yield at.fault(f"tax code {code} ends before it begins", "valid_until")
    if not 0 <= tax.rate_percent < 100:
        yield at.fault(f"tax code {code}: no rate of {tax.rate_percent} %", "rate_percent")
    if tax.kind not in ("taxable", ""):  # "" was reported when the file was read
        if tax.rate_percent or tax.account:
            key = "rate_percent" if tax.rate_percent else "account"
            yield at.fault(f"tax code {code} is {tax.kind}: it has no rate and no account", key)
        return
    if tax.rate_percent == 0:
        yield at.fault(f"tax code {code} is taxable and needs a rate", "rate_percent")
    account = chart.get(tax.account or "")
    if account is None:
        yield at.fault(f"unknown account {tax.account}", "account")
    elif account.kind not in ("liability", "") or account.is_control:
        yield at.fault(f"account {account.number} cannot hold tax that is owed", "account")


def _succession_faults(earlier: TaxCode, later: TaxCode) -> Iterator[Fault]:
    if earlier.valid_until is None or later.valid_from <= earlier.valid_until:
        until = "further notice" if earlier.valid_until is None else f"{earlier.valid_until}"
        yield later.place.fault(
            f"tax code {later.code} overlaps the period before it, until {until}", "valid_from"
        )
    elif later.valid_from - earlier.valid_until > timedelta(days=1):
        yield later.place.fault(
            f"tax code {later.code} leaves a gap after {earlier.valid_until}", "valid_from"
        )


def _facility_faults(house: Facility) -> Iterator[Fault]:
    if house.budget_product and not _BUDGET_PRODUCT.fullmatch(house.budget_product):
        yield house.place.fault(
            f'a budget product is written 08.42.01, not "{house.budget_product}"', "budget_product"
        )
    if house.kind == "daycare" and house.tills:
        # A till would turn a daycare centre into a cash site with all its duties (§ 146a AO).
        yield house.place.fault(f"{house.code} is a daycare centre and takes no cash", "tills")
    if house.kind != "daycare" and house.children:
        yield house.place.fault(f"{house.code} is no daycare centre", "children")
    if house.season is not None and house.season[1] < house.season[0]:
        yield house.place.fault(f"the season of {house.code} ends before it begins", "season")
    devices: list[Till | Terminal] = [*house.tills, *house.terminals]
    for device in devices:
        if not device.code.startswith(f"{house.code}-"):
            yield device.place.fault(
                f"{device.code} at {house.code} is named {house.code}-…", "code"
            )
    for till in house.tills:
        if not 0 <= till.float_cents <= till.cash_limit_cents:
            yield till.place.fault(
                f"the float of {till.code} is between nothing and its cash limit", "float_cents"
            )
    tills = {till.code for till in house.tills}
    for terminal in house.terminals:
        if terminal.till is not None and terminal.till not in tills:
            yield terminal.place.fault(f"unknown till {terminal.till} at {house.code}", "till")
