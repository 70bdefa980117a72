"""Receipts on a printer, over a real connection: whole, legible, and honest when it goes wrong."""

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terminals.printing.escpos import (
    NotPrinted,
    Printed,
    Ready,
    Settings,
    check_printer,
    open_drawer,
    print_receipt,
)
from terminals.printing.paper import COLUMNS, commands, printable
from terminals.printing.receipt import Item, Payment, Receipt, sale
from terminals.simulators.printer import Behaviour, Printer
from terminals.simulators.printer.paper import Roll
from tests.terminals.printing.papers import (
    ADDRESS,
    AT,
    BEGUN,
    POOL,
    SLIP,
    at_the_pool,
    in_the_office,
    the_slips,
)

LONGEST_SECONDS = 8


@contextmanager
def a_printer(**how: object) -> Iterator[tuple[Printer, Settings]]:
    with Printer(behaviour=Behaviour(**how)) as printer:  # type: ignore[arg-type]
        yield printer, Settings("127.0.0.1", printer.port)


def test_a_receipt_comes_out_whole_and_cut() -> None:
    with a_printer() as (printer, settings):
        assert print_receipt(settings, at_the_pool(slip=SLIP)) == Printed(is_confirmed=True)
    (paper,) = printer.papers
    assert (printer.faults, paper.codes) == ([], (ADDRESS,))
    for line in (
        "                Schwimmhalle Süd",
        "2 × Erwachsene                         14,00 € B",
        "Summe                                    25,00 €",
        "MwSt.            Netto       Steuer       Brutto",
        "A 19 %            9,24         1,76        11,00",
        "AS-Zeit 17.11.  11:41 Uhr",
        "Signaturzähler                             40622",
    ):
        assert line in paper.text.splitlines()


def test_every_paper_keeps_to_the_width_of_the_roll() -> None:
    papers = [at_the_pool(), in_the_office(), *the_slips().values()]
    with a_printer() as (printer, settings):
        outcomes = [print_receipt(settings, paper) for paper in papers]
    assert set(outcomes) == {Printed(is_confirmed=True)}
    assert printer.faults == []
    assert len(printer.papers) == len(papers)
    lines = [line for paper in printer.papers for line in paper.text.splitlines()]
    assert max(len(line) for line in lines if "[QR" not in line) == COLUMNS


def test_a_narrow_printer_gets_narrow_lines() -> None:
    roll = Roll()
    roll.take(commands(at_the_pool(), columns=32))
    lines = [line for line in roll.papers[0].text.splitlines() if "[QR" not in line]
    left = [line for line in lines if line == line.lstrip()]
    assert max(map(len, left)) == 32


def test_letters_that_no_code_page_has_become_their_nearest() -> None:
    assert printable("Übergröße – „Straße“ 5,00\u00a0€ −1") == 'Übergröße - "Straße" 5,00 € -1'
    assert printable("10er‑Karte Łódź Dvořák 漢") == "10er-Karte ?ódz Dvorák ?"
    assert printable("zeile\x1b@\x10\x04\n") == "zeile?@???"


names = st.text(min_size=1, max_size=80)


@given(name=names, note=names, cents=st.integers(0, 10**7), slip=st.lists(names, max_size=4))
def test_whatever_an_article_is_called_it_prints_and_stays_in_its_lines(
    name: str, note: str, cents: int, slip: list[str]
) -> None:
    item = Item(name, cents, 2, cents, note=note)
    receipt = sale(
        POOL, "R-1", [item], payment=Payment("cash", cents), slip=tuple(slip),
        started_at=BEGUN, finished_at=AT,
    )  # fmt: skip
    roll = Roll()
    roll.take(commands(receipt))
    assert not roll.waiting
    (paper,) = roll.papers
    assert max(map(len, paper.text.splitlines())) <= COLUMNS


def test_without_paper_nothing_is_sent() -> None:
    with a_printer() as (printer, settings):
        printer.load_paper(0)
        assert print_receipt(settings, at_the_pool()) == NotPrinted("paper_empty")
        assert check_printer(settings) == NotPrinted("paper_empty")
        printer.load_paper()
        assert printer.papers == []
        assert check_printer(settings) == Ready(can_tell=True)
        assert print_receipt(settings, at_the_pool()) == Printed(is_confirmed=True)


def test_paper_that_runs_out_in_the_middle_is_told() -> None:
    with a_printer() as (printer, settings):
        printer.load_paper(12)
        assert print_receipt(settings, at_the_pool()) == NotPrinted("interrupted")
        assert printer.papers == []


def test_an_open_cover_is_told() -> None:
    with a_printer(is_open=True) as (printer, settings):
        assert print_receipt(settings, at_the_pool()) == NotPrinted("cover_open")
    assert printer.papers == []


@pytest.mark.parametrize("after", [7, 60, 900])
def test_a_printer_that_dies_in_the_middle_is_told(after: int) -> None:
    with a_printer(dies_after=after) as (printer, settings):
        assert print_receipt(settings, at_the_pool()) == NotPrinted("interrupted")
    assert printer.papers == []


def test_a_printer_that_cannot_tell_prints_and_is_not_called_confirmed() -> None:
    with a_printer(is_mute=True) as (printer, settings):
        assert check_printer(settings) == Ready(can_tell=False)
        assert print_receipt(settings, at_the_pool()) == Printed(is_confirmed=False)
    assert len(printer.papers) == 1


def test_a_slow_printer_is_waited_for() -> None:
    with a_printer(slow_seconds=0.9) as (_, settings):
        assert print_receipt(settings, at_the_pool()) == Printed(is_confirmed=True)


def test_a_printer_that_is_not_there_is_unreachable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        settings = Settings("127.0.0.1", free.getsockname()[1])
    for answer in (
        print_receipt(settings, at_the_pool()), open_drawer(settings), check_printer(settings),
        print_receipt(Settings("printer.invalid"), at_the_pool()),
        print_receipt(Settings("x" * 64 + ".invalid"), at_the_pool()),
        print_receipt(Settings(""), at_the_pool()),
    ):  # fmt: skip
        assert answer == NotPrinted("unreachable")


def test_trouble_ends_in_time_whatever_the_printer_does() -> None:
    with a_printer(slow_seconds=60) as (_, settings):
        begun = time.monotonic()
        assert print_receipt(settings, at_the_pool()) == NotPrinted("interrupted")
    # A bound that a stuck till would break by minutes; how fast it is does not matter here.
    assert time.monotonic() - begun < LONGEST_SECONDS


def test_the_drawer_opens_without_printing() -> None:
    with a_printer() as (printer, settings):
        assert open_drawer(settings) == Printed(is_confirmed=False)
        assert check_printer(settings) == Ready(can_tell=True)  # the printer is through with it
    assert (printer.drawer_pulses, printer.papers) == (1, [])


def test_receipts_of_two_tills_on_one_printer_do_not_mix() -> None:
    with a_printer() as (printer, settings):
        for number in range(5):
            receipt: Receipt = at_the_pool() if number % 2 else in_the_office()
            assert print_receipt(settings, receipt) == Printed(is_confirmed=True)
    sites = ["Schwimmhalle" in paper.text for paper in printer.papers]
    assert sites == [False, True, False, True, False]


@pytest.mark.parametrize("wrong", [{"port": 0}, {"port": 65536}, {"columns": 31}])
def test_settings_that_cannot_be_meant_are_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="not"):
        Settings("127.0.0.1", **wrong)
