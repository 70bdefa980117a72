"""`stadtkasse city`: check the files of a city and load them into the database."""

from datetime import datetime
from pathlib import Path
from typing import NoReturn

import click

from config.database import open_database
from config.settings import Settings
from ledger.calendar import CITY_TIME
from ledger.catalogue.faults import Fault
from ledger.catalogue.loading import load_city
from ledger.catalogue.model import City
from ledger.catalogue.reading import BadCity, read_city
from ledger.menu_file import Menu, publish_plan, read_menu

_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@click.group()
def city() -> None:
    """The city as data: facilities, products, prices, taxes, accounts, posting rules."""


@city.command(epilog="Example: stadtkasse city check config/cities/aachen")
@click.argument("folder", metavar="DIR", type=_FOLDER)
def check(folder: Path) -> None:
    """Read the TOML files in DIR and report every fault with its file and line."""
    read = _read(folder)
    menu_in(folder)
    click.echo(summary(read))


@city.command(epilog="Example: stadtkasse city load config/cities/aachen")
@click.argument("folder", metavar="DIR", type=_FOLDER)
def load(folder: Path) -> None:
    """Check DIR, then bring it into the database; prices that were in force stay as they were.

    Loading the same files again changes nothing. What the kitchens cook (menu.toml) is published
    three weeks ahead: run this every week.
    """
    read = _read(folder)
    menu = menu_in(folder)
    with (
        open_database(Settings.from_environment()) as database,
        database.transaction() as session,
    ):
        result = load_city(session, read)
        if menu and not result.refused:
            publish_plan(session, menu, datetime.now(CITY_TIME).date())
    if result.refused:
        _refuse(result.refused, "Nothing was loaded")
    click.echo(
        f"{read.name}: {result.added} added, {result.changed} changed, {result.unchanged} unchanged"
    )


def menu_in(folder: Path) -> Menu | None:
    """What the kitchens of this city cook; None without a menu.toml. Raises Refusal."""
    file = folder / "menu.toml"
    try:
        return read_menu(file) if file.exists() else None
    except BadCity as bad:
        _refuse(bad.faults, "This menu is not fit")


def summary(read: City) -> str:
    """One line with what the city has, and one naming the products nobody may sell yet."""
    catalogue = read.catalogue
    tills = sum(len(house.tills) for house in catalogue.facilities)
    terminals = sum(len(house.terminals) for house in catalogue.facilities)
    undecided = {tax.code for tax in catalogue.tax_codes if tax.kind == "to_decide"}
    waiting = [product.code for product in catalogue.products if product.tax_code in undecided]
    line = (
        f"{read.name}: no faults. {len(catalogue.facilities)} facilities, {tills} tills,"
        f" {terminals} terminals, {len(catalogue.products)} products,"
        f" {len(read.accounts)} accounts, {len(read.rules)} posting rules"
    )
    return f"{line}\nTax to be decided, now or later: {', '.join(waiting)}" if waiting else line


def _read(folder: Path) -> City:
    read = read_city(folder)
    if not isinstance(read, City):
        _refuse(read, "The city cannot be loaded")
    return read


def _refuse(faults: tuple[Fault, ...], sentence: str) -> NoReturn:
    for fault in faults:
        click.echo(str(fault))
    count = f"{len(faults)} fault{'s' if len(faults) > 1 else ''}"
    raise click.ClickException(f"{sentence}: {count}")
