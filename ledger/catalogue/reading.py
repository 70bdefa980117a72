"""Reads a city's folder of TOML files: the whole city, or every fault in it with file and line."""

import re
import tomllib
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TypeVar

from ledger.catalogue.checking import faults_of
from ledger.catalogue.faults import Fault
from ledger.catalogue.fields import Fields
from ledger.catalogue.model import FACILITY_KINDS, Catalogue, City, Product, ProductGroup
from ledger.catalogue.positions import line_numbers
from ledger.catalogue.sections import (
    read_account,
    read_authority,
    read_bank_account,
    read_concession,
    read_facility,
    read_group,
    read_product,
    read_rules,
    read_tax_code,
)
from ledger.catalogue.tariffs import read_card_tariff
from ledger.errors import LedgerError

_FILES = ("city", "accounts", "tax_codes", "concessions", "facilities", "posting_rules")
_READ_ELSEWHERE = ("menu.toml",)  # by ledger.menu_file, once a week and not with every load
_LINE_IN_MESSAGE = re.compile(r" \(at line (\d+), column \d+\)| \(at end of document\)")
_T = TypeVar("_T")


class BadCity(LedgerError):
    """The city's files have faults; `faults` has them all."""

    code = "bad_city"

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__("\n".join(map(str, faults)))
        self.faults = faults


def city_from(folder: Path) -> City:
    """The city in `folder`; raises BadCity. For callers that have nobody to show faults to."""
    city = read_city(folder)
    if isinstance(city, City):
        return city
    raise BadCity(city)


def read_city(folder: Path) -> City | tuple[Fault, ...]:
    """The checked city in `folder`, or its faults in the order of files and lines.

    Whether things fit together is judged only if every file could be parsed: otherwise each
    reference into the broken one would be a fault of its own. For the same reason a line that
    could not be read is not judged a second time.
    """
    faults: list[Fault] = []
    documents = {name: read_document(folder / f"{name}.toml", faults) for name in _FILES}
    products = {
        path: read_document(path, faults) for path in sorted(folder.glob("products/*.toml"))
    }
    known = {folder / f"{name}.toml" for name in _FILES}
    known |= {folder / name for name in _READ_ELSEWHERE}
    for path in sorted(set(folder.glob("*.toml")) - known):
        faults.append(Fault(str(path), 1, f"a city has no file {path.name}"))
    if not products:
        faults.append(Fault(str(folder / "products"), 1, "there is no file with products"))
    unreadable = {fault.file for fault in faults}
    city = _city(documents, list(products.values()))
    for document in (*documents.values(), *products.values()):
        if document.place.file not in unreadable:
            faults.extend(document.faults)
    if not unreadable:
        lines = {(fault.file, fault.line) for fault in faults}
        faults.extend(f for f in faults_of(city) if (f.file, f.line) not in lines)
    return city if not faults else tuple(sorted(set(faults), key=_by_place))


def _by_place(fault: Fault) -> tuple[str, int, str]:
    return fault.file, fault.line, fault.message


def read_document(path: Path, faults: list[Fault]) -> Fields:
    """The parsed file; one that cannot be parsed is reported and stands in empty."""
    try:
        text = path.read_bytes().decode()
        values = tomllib.loads(text)
    except FileNotFoundError:
        faults.append(Fault(str(path), 1, "the file is missing"))
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        faults.append(Fault(str(path), line, "the file is not UTF-8"))
    except tomllib.TOMLDecodeError as error:
        faults.append(_syntax_fault(path, text, str(error)))
    else:
        return Fields(values, file=str(path), lines=line_numbers(text), faults=[])
    return Fields({}, file=str(path), lines={}, faults=[])


def _syntax_fault(path: Path, text: str, message: str) -> Fault:
    """tomllib names the line only inside its message."""
    found = _LINE_IN_MESSAGE.search(message)
    line = int(found[1]) if found and found[1] else text.rstrip().count("\n") + 1
    return Fault(str(path), line, f"not TOML: {_LINE_IN_MESSAGE.sub('', message)}")


def _city(documents: dict[str, Fields], products: list[Fields]) -> City:
    city = documents["city"]
    rules, roles = read_rules(documents["posting_rules"])
    groups, sold = _groups_and_products(products)
    read = City(
        name=city.text("name"),
        name_en=city.text("name_en"),
        time_zone=city.text("time_zone"),
        currency=city.text("currency"),
        bank_accounts=_each(city, "bank_account", read_bank_account),
        authorities=_each(city, "authority", read_authority),
        accounts=_each(documents["accounts"], "account", read_account),
        card_tariffs=_each(city, "card_tariff", read_card_tariff),
        catalogue=Catalogue(
            facilities=_each(documents["facilities"], "facility", read_facility),
            groups=groups,
            products=sold,
            concessions=_each(documents["concessions"], "concession", read_concession),
            tax_codes=_each(documents["tax_codes"], "tax_code", read_tax_code),
        ),
        rules=rules,
        roles=roles,
        place=city.place,
    )
    for document in (*documents.values(), *products):
        document.done()
    return read


def _groups_and_products(
    documents: list[Fields],
) -> tuple[tuple[ProductGroup, ...], tuple[Product, ...]]:
    groups: list[ProductGroup] = []
    products: list[Product] = []
    for document in documents:
        kind = document.choice("facility_kind", FACILITY_KINDS)
        groups.extend(_each(document, "group", read_group))
        products.extend(_each(document, "product", partial(read_product, facility_kind=kind)))
    return tuple(groups), tuple(products)


def _each(document: Fields, key: str, read: Callable[[Fields], _T]) -> tuple[_T, ...]:
    """Every table of an array, read and then asked for keys that nobody wanted."""
    found = []
    for row in document.rows(key):
        found.append(read(row))
        row.done()
    return tuple(found)
