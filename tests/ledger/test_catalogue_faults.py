"""Every class of fault in a city's files is found at its line, and nothing else is blamed."""

import shutil
from pathlib import Path

import pytest

import config
from ledger.catalogue.faults import Fault
from ledger.catalogue.model import City
from ledger.catalogue.reading import read_city

AACHEN = Path(config.__file__).parent / "cities" / "aachen"

POOL, MUSEUM, OFFICE = "products/pool.toml", "products/museum.toml", "products/citizens_office.toml"
ADULT = 'code = "POOL-AD"\n'
ADULT_PRICE = 'valid_from = 2026-01-01, cents = 500, legal_basis = "Entgeltordnung Bäder" },\n'
AN_ACCOUNT = """[[account]]
number = "549200"
name = "Kulanz"
name_en = "Goodwill"
kind = "expense"

"""
A_TAX_CODE = """[[tax_code]]
code = "EXEMPT-NEW"
name = "steuerfrei"
kind = "exempt"
sphere = "commercial"
legal_basis = "§ 4 UStG"
valid_from = 2024-01-01
valid_until = 2023-12-31

"""
CARD_PRICES = """  { valid_from = 2021-01-01, cents = 3700, legal_basis = "§ 1 (1) PAuswGebV" },
  { valid_from = 2026-02-07, cents = 4600,"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shipped city, to be broken."""
    return Path(shutil.copytree(AACHEN, tmp_path / "city"))


def broken(folder: Path, file: str, old: str, new: str) -> tuple[Fault, ...]:
    """The faults after the first `old` in the file became `new`."""
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{old!r} is not in {file}"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    found = read_city(folder)
    assert not isinstance(found, City), "the fault was not found"
    return found


def line_of(folder: Path, fault: Fault) -> str:
    return Path(fault.file).read_text(encoding="utf-8").splitlines()[fault.line - 1]


# file · what is there · what it becomes · words in the blamed line · words in the message
SINGLE_FAULTS = {
    "unknown tax code": (
        POOL, 'tax_code = "VAT7-POOL"', 'tax_code = "VAT8"', "VAT8", "unknown tax code VAT8"),
    "unknown revenue account": (
        POOL, '"441100"', '"441999"', "441999", "unknown account 441999"),
    "revenue to an account that is no income": (
        POOL, '"441100"', '"371100"', "371100", "no income account"),
    "unknown deferred account": (
        POOL, 'deferred_account = "391000"', 'deferred_account = "391999"', "391999",
        "unknown account"),
    "a deferred account that is no pass account": (
        POOL, 'deferred_account = "391000"', 'deferred_account = "371100"', "371100",
        'no sub-ledger "pass"'),
    "unknown group": (
        POOL, 'group = "pool-entry"', 'group = "pool-entrance"', "entrance", "unknown group"),
    "unknown concession": (
        POOL, 'concession = "reduced"', 'concession = "cheap"', "cheap", "unknown concession"),
    "unknown facility": (
        POOL, 'facilities = ["B01"', 'facilities = ["B99"', "B99", "unknown facility B99"),
    "a facility of another kind": (
        POOL, 'facilities = ["B01"', 'facilities = ["M01"', "M01", "M01 is no pool"),
    "unknown house of a combi card": (
        MUSEUM, "shares = { M01 = 1", "shares = { M99 = 1", "M99", "unknown facility M99"),
    "a house without a share": (
        MUSEUM, "shares = { M01 = 1", "shares = { M01 = 0", "M01 = 0", "at least 1"),
    "surcharge on an unknown product": (
        OFFICE, 'applies_to = ["PA24"', 'applies_to = ["PA25"', "PA25", "cannot go with PA25"),
    "a federal share that is everything": (
        OFFICE, "parts = 3", "parts = 5", "parts = 5", "less than the whole"),
    "a federal share into a control account": (
        OFFICE, 'account = "371200"', 'account = "371000"', "371000", "money of others"),
    "a product that is there twice": (
        POOL, 'code = "POOL-RED"', ADULT.strip(), 'code = "POOL-AD"', "product POOL-AD is already"),
    "a code with a slash": (
        MUSEUM, 'code = "MUS-MUG"', 'code = "MUS/MUG"', "MUS/MUG", "letters, digits"),
    "the wrong sphere": (
        POOL, 'sphere = "commercial"', 'sphere = "sovereign"', "sovereign", "is sovereign but"),
    "an unknown kind": (
        POOL, 'kind = "ticket"', 'kind = "tickets"', "tickets", '"kind" is one of ticket'),
    "a pass without its visits": (
        POOL, "visits = 10\n", "", "[[product]]", 'needs "visits"'),
    "a ticket with visits": (
        POOL, ADULT, ADULT + "visits = 10\n", "visits = 10", 'a ticket has no "visits"'),
    "no visits": (POOL, "visits = 10\n", "visits = 0\n", "visits = 0", "at least 1"),
    "a float as price": (
        POOL, "cents = 500", "cents = 5.00", "5.00", "a whole number of cents, not 5.0"),
    "a price in quotes": (POOL, "cents = 500", 'cents = "500"', '"500"', "a whole number of cents"),
    "a true price": (POOL, "cents = 500", "cents = true", "true", "a whole number of cents"),
    "a negative price": (POOL, "cents = 500", "cents = -500", "-500", "never negative"),
    "a ticket for nothing": (POOL, "cents = 500", "cents = 0", "cents = 0", "costs something"),
    "a free ticket with a price": (POOL, "cents = 0", "cents = 10", "= 10,", "costs 0"),
    "no price at all": (
        MUSEUM, "prices = [\n  { valid_from = 2026-01-01, cents = 600, legal_basis ="
        ' "Entgeltordnung Museen" },\n]\n', "", "[[product]]", "MUS-AD has no price"),
    "a price of its own where fees double": (
        OFFICE, "doubles = true\n", "doubles = true\nprices = [{ valid_from = 2026-01-01,"
        ' cents = 1, legal_basis = "x" }]\n', "prices", "no price of its own"),
    "a price without its basis": (
        POOL, ', legal_basis = "Entgeltordnung Bäder" },', " },", "cents = 500",
        '"legal_basis" is missing'),
    "a date in quotes": (
        POOL, "valid_from = 2026-01-01", 'valid_from = "2026-01-01"', '"2026-01-01"',
        "without quotes"),
    "two prices for one day": (
        OFFICE, CARD_PRICES, CARD_PRICES.replace("2026-02-07", "2021-01-01"), "4600",
        "one for a day"),
    "prices out of order": (
        OFFICE, CARD_PRICES, CARD_PRICES.replace("2021-01-01", "2026-03-01"), "4600",
        "stand in order"),
    "overlapping prices": (
        OFFICE, "2021-01-01,", "2021-01-01, valid_until = 2026-02-07,", "4600",
        "still has the price before it until 2026-02-07"),
    "a gap between prices": (
        OFFICE, "2021-01-01,", "2021-01-01, valid_until = 2026-01-31,", "4600",
        "no price from 2026-02-01 on"),
    "a price that ends before it begins": (
        POOL, "cents = 500", "cents = 500, valid_until = 2025-12-31", "500", "before it begins"),
    "a price before its tax code": (
        POOL, "valid_from = 2026-01-01", "valid_from = 2020-12-31", "2020-12-31",
        "does not hold on 2020-12-31"),
    "a misspelt key": (
        POOL, "concession =", "concesion =", "concesion", 'did you mean "concession"?'),
    "an unknown section": (
        "city.toml", 'currency = "EUR"', 'currency = "EUR"\ncolour = "red"', "colour",
        "unknown key"),
    "another currency": ("city.toml", '"EUR"', '"CHF"', "CHF", "kept in EUR"),
    "an unknown time zone": (
        "city.toml", "Europe/Berlin", "Europe/Aachen", "Europe/Aachen", "no time zone"),
    "a fee above the payment": (
        "city.toml", "basis_points = 89", "basis_points = 10089", "10089", "no basis points"),
    "a fixed part below zero": (
        "city.toml", "fixed_cents = 4", "fixed_cents = -4", "= -4", "0 or more"),
    "two rates from one day": (
        "city.toml", 'kind = "credit_card"', 'kind = "girocard"', 'valid_from = 2024-01-01',
        "already defined"),
    "wrong check digits": ("city.toml", "DE04", "DE05", "DE05", "check digits"),
    "a bank of an unknown account": (
        "city.toml", 'account = "181000"', 'account = "181999"', "181999", "unknown account"),
    "a bank mirrored by a control account": (
        "city.toml", 'account = "181000"', 'account = "183000"', "183000",
        "is not a bank's mirror"),
    "an authority with no sub-ledger": (
        "city.toml", 'account = "161900"', 'account = "161100"', "161100", '"authority"'),
    "an account that is there twice": (
        "accounts.toml", "[[account]]", AN_ACCOUNT + "[[account]]", "549200", "already defined in"),
    "a short account number": (
        "accounts.toml", "[[account]]", AN_ACCOUNT.replace("549200", "5492") + "[[account]]",
        "5492",
        "six digits"),
    "an unknown kind of account": (
        "accounts.toml", 'kind = "income"', 'kind = "revenue"', "revenue", "is one of asset"),
    "a floor nobody guards": (
        "accounts.toml", 'number = "549100"', 'number = "549100"\nfloor_cents = -5', "-5",
        "not guarded"),
    "a guarded income": (
        "accounts.toml", 'number = "459100"', 'number = "459100"\nguarded = true', "guarded",
        "no floor to guard"),
    "a flag that is a word": (
        "accounts.toml", "clearing = true", 'clearing = "yes"', '"yes"', "true or false"),
    "a taxable code without a rate": (
        "tax_codes.toml", "rate_percent = 19\n", "rate_percent = 0\n", "= 0", "needs a rate"),
    "a rate that is a float": (
        "tax_codes.toml", "rate_percent = 7\n", "rate_percent = 7.0\n", "7.0", "a whole number"),
    "a rate above everything": (
        "tax_codes.toml", "rate_percent = 7\n", "rate_percent = 107\n", "107", "no rate of 107"),
    "tax into no account": (
        "tax_codes.toml", 'account = "372007"', 'account = "372016"', "372016", "unknown account"),
    "tax into an asset": (
        "tax_codes.toml", 'account = "372007"', 'account = "181000"', "181000", "cannot hold tax"),
    "a rate on what is exempt": (
        "tax_codes.toml", 'kind = "exempt"', 'kind = "exempt"\nrate_percent = 7', "rate_percent",
        "has no rate"),
    "overlapping tax periods": (
        "tax_codes.toml", "valid_until = 2025-12-31", "valid_until = 2026-01-01", "2026-01-01",
        "overlaps"),
    "a tax period that ends before it begins": (
        "tax_codes.toml", "[[tax_code]]", A_TAX_CODE + "[[tax_code]]", "2023",
        "ends before it begins"),
    "a till at a daycare centre": (
        "facilities.toml", 'code = "K01"', 'code = "K01"\ntills = [{ code = "K01-1", name = "x",'
        " float_cents = 0, cash_limit_cents = 0 }]", "tills", "takes no cash"),
    "children at a pool": (
        "facilities.toml", 'code = "B01"', 'code = "B01"\nchildren = 3', "children", "no daycare"),
    "a till of another house": (
        "facilities.toml", '"B01-3"', '"B07-3"', "B07-3", "is named B01-"),
    "a terminal at an unknown till": (
        "facilities.toml", 'till = "B02-1"', 'till = "B02-9"', "B02-9", "unknown till B02-9"),
    "a float above the limit": (
        "facilities.toml", "float_cents = 15000", "float_cents = 15000000", "15000000",
        "cash limit"),
    "a season without a calendar": (
        "facilities.toml", 'first = "05-01"', 'first = "05-32"', "05-32", "month and day"),
    "a season that ends first": (
        "facilities.toml", 'first = "05-01"', 'first = "10-01"', "10-01", "before it begins"),
    "a closing that ends first": (
        "facilities.toml", "last = 2026-08-07", "last = 2026-07-07", "2026-07-07",
        "before it begins"),
    "a budget product of no budget": (
        "facilities.toml", '"06.36.01"', '"063601"', "063601", "written 08.42.01"),
    "a rule to an unknown account": (
        "posting_rules.toml", 'debit = "184200", credit = "@wallet"', 'debit = "184299",'
        ' credit = "@wallet"', "184299", "unknown account 184299"),
    "a rule to a control account": (
        "posting_rules.toml", 'debit = "184200", credit = "@wallet"', 'debit = "183000",'
        ' credit = "@wallet"', "183000", "a control account: use a role"),
    "a rule to an unknown role": (
        "posting_rules.toml", 'debit = "184200", credit = "@wallet"', 'debit = "184200",'
        ' credit = "@purse"', "@purse", "unknown role purse"),
    "a rule nobody can read": (
        "posting_rules.toml", 'event = "top_up_online"', 'event = "Top up"', "Top up",
        "a rule needs an event"),
    "a rule that is there twice": (
        "posting_rules.toml", 'event = "payout_arrived"', 'event = "payout_created"',
        "payout_created", "posting rule payout_created is already"),
    "a reversal of nothing": (
        "posting_rules.toml", 'reverses = ["meal"]', 'reverses = ["feast"]', "feast",
        "unknown event feast"),
    "a role for an unknown account": (
        "posting_rules.toml", 'accounts = ["184000"]', 'accounts = ["184999"]', "184999",
        "unknown account 184999"),
    "a role nobody uses": (
        "posting_rules.toml", "[roles.safebag]", '[roles.sock]\naccounts = ["184000"]\n'
        "[roles.safebag]", "[roles.sock]", "no rule books to the role sock"),
    "no TOML": (POOL, "cents = 500", "cents = = 500", "= = 500", "not TOML"),
    "a key that is there twice": (POOL, ADULT, ADULT + ADULT, "POOL-AD", "not TOML"),
}  # fmt: skip


@pytest.mark.parametrize("case", SINGLE_FAULTS.values(), ids=SINGLE_FAULTS.keys())
def test_a_fault_is_found_at_its_line_and_alone(
    folder: Path, case: tuple[str, str, str, str, str]
) -> None:
    file, old, new, in_line, in_message = case
    (fault,) = broken(folder, file, old, new)
    assert fault.file == str(folder / file)
    assert in_line in line_of(folder, fault)
    assert in_message in fault.message
