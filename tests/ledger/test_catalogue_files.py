"""Faults of whole files, several at once, and how they are reported."""

import re
import shutil
from pathlib import Path

import pytest

import config
from ledger.catalogue.faults import Fault
from ledger.catalogue.model import City
from ledger.catalogue.reading import BadCity, city_from, read_city

AACHEN = Path(config.__file__).parent / "cities" / "aachen"
POOL, MUSEUM = "products/pool.toml", "products/museum.toml"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shipped city, to be broken."""
    return Path(shutil.copytree(AACHEN, tmp_path / "city"))


def broken(folder: Path, file: str, old: str, new: str) -> tuple[Fault, ...]:
    """The faults after the first `old` in the file became `new`."""
    path = folder / file
    path.write_text(path.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    return faults_in(folder)


def faults_in(folder: Path) -> tuple[Fault, ...]:
    found = read_city(folder)
    assert not isinstance(found, City), "no fault was found"
    return found


def line_of(fault: Fault) -> str:
    return Path(fault.file).read_text(encoding="utf-8").splitlines()[fault.line - 1]


def test_a_missing_key_is_reported_at_the_head_of_its_table(folder: Path) -> None:
    (fault,) = broken(folder, "city.toml", 'bank = "Demobank Aachen"\n', "")
    assert fault.message == '"bank" is missing'
    assert line_of(fault) == "[[bank_account]]"


def test_a_misspelt_required_key_is_unknown_and_missing(folder: Path) -> None:
    missing, unknown = broken(folder, POOL, "revenue_account =", "revenue_acount =")
    assert missing.message == '"revenue_account" is missing'
    assert unknown.message == 'unknown key "revenue_acount"; did you mean "revenue_account"?'


def test_all_faults_of_all_files_come_at_once_and_in_order(folder: Path) -> None:
    broken(folder, "accounts.toml", 'kind = "asset"', 'kind = "treasure"')
    broken(folder, "tax_codes.toml", "rate_percent = 7\n", "rate_percent = 7.5\n")
    broken(folder, MUSEUM, 'tax_code = "VAT19"', 'tax_code = "VAT20"')
    faults = broken(folder, POOL, "cents = 500", "cents = 5.00")
    files = [Path(fault.file).name for fault in faults]
    assert files == ["accounts.toml", "museum.toml", "pool.toml", "tax_codes.toml"]


def test_a_file_that_cannot_be_parsed_hides_no_other_files_faults(folder: Path) -> None:
    broken(folder, MUSEUM, "cents = 600", "cents = 6.00")
    faults = broken(folder, "accounts.toml", "[[account]]", "[[account]")
    assert [Path(fault.file).name for fault in faults] == ["accounts.toml", "museum.toml"]


def test_a_file_that_ends_too_early_is_reported_at_its_end(folder: Path) -> None:
    path = folder / "concessions.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text + "x = [1,\n", encoding="utf-8")
    (fault,) = [f for f in faults_in(folder) if f.file == str(path)]
    assert fault.line >= text.count("\n")
    assert "not TOML" in fault.message


def test_missing_unknown_and_foreign_files_are_faults(folder: Path) -> None:
    (folder / "concessions.toml").unlink()
    (folder / "prices.toml").write_text("")
    (folder / "city.toml").write_bytes(b'name = "Aachen"\nname_en = "K\xf6ln"\n')
    messages = {Path(f.file).name: (f.line, f.message) for f in faults_in(folder)}
    assert messages["concessions.toml"] == (1, "the file is missing")
    assert messages["prices.toml"] == (1, "a city has no file prices.toml")
    assert messages["city.toml"] == (2, "the file is not UTF-8")


def test_a_city_without_products_sells_nothing(folder: Path) -> None:
    shutil.rmtree(folder / "products")
    (fault,) = faults_in(folder)
    assert fault.message == "there is no file with products"


def test_a_fault_reads_as_file_line_and_message(folder: Path) -> None:
    (fault,) = broken(folder, POOL, "cents = 500", "cents = -1")
    assert re.fullmatch(r".+/products/pool\.toml:\d+: a price is never negative", str(fault))


def test_callers_with_nobody_to_ask_get_an_exception_with_every_fault(folder: Path) -> None:
    faults = broken(folder, POOL, "cents = 500", "cents = -1")
    with pytest.raises(BadCity) as caught:
        city_from(folder)
    assert caught.value.faults == faults
