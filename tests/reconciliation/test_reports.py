"""What a month says: every check holds over a lived city, and the past says the same for ever."""

import io
import re
import zlib
from collections.abc import Iterator
from datetime import UTC, date, datetime
from uuid import uuid4

import pytest
from openpyxl import load_workbook
from sqlalchemy import text

from config.database import Database
from config.postgres import EmbeddedServer
from ledger.balances import sub_ledger_balances, trial_balance
from ledger.entries import Dimensions, Entry, Transfer
from ledger.journal import post
from ledger.money import Money
from ledger.seal import seal
from ledger.sub_accounts import open_missing
from ledger.wallets import CONTROLS
from reconciliation.reports import load
from reconciliation.reports.cash import (
    ShareLine,
    cash_costs,
    lines_of,
    places_of,
    tenths,
    weeks_of,
)
from reconciliation.reports.document import Document, Table, euro
from reconciliation.reports.document import text as words
from reconciliation.reports.forms import Stamp, as_csv, as_html, as_pdf, as_xlsx
from reconciliation.reports.period import Period, month_of, period_named, year_of
from reconciliation.reports.sums import NO_LIMIT, Reach, around, held_below, keep_sums, reach
from reconciliation.reports.takings import PlaceSums, refresh_takings
from tests.builders import a_top_up
from tests.config.demo_city import lived
from tests.conftest import cloned_database

TODAY = date(2026, 11, 6)
NOVEMBER = month_of(date(2026, 11, 1))
STAMP = Stamp("Stadt Aachen", datetime(2026, 11, 7, 6, 31, tzinfo=UTC))


@pytest.fixture(scope="module")
def lived_city(
    server: EmbeddedServer, template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Database]:
    with cloned_database(server, template) as database:
        lived(database, tmp_path_factory.mktemp("reports"), days=6, today=TODAY)
        with database.transaction() as session:
            refresh_takings(session, TODAY)
        yield database


def built(database: Database, name: str, period: Period = NOVEMBER) -> Document:
    with database.read_only() as session:
        return load()[name].build(session, period)


@pytest.mark.parametrize("name", sorted(load()))
def test_every_report_has_rows_and_its_checks_hold(lived_city: Database, name: str) -> None:
    found = built(lived_city, name)
    assert found.agrees
    assert any(table.rows for table in found.tables)


def test_the_tax_of_a_month_is_what_the_tax_accounts_moved(lived_city: Database) -> None:
    table = built(lived_city, "vat", year_of(2026)).tables[0]
    with lived_city.read_only() as session:
        held = sum(
            line.balance.debit_balance_cents
            for line in trial_balance(session)
            if line.code.startswith("372")
        )
    assert table.sums[4] == -held > 0


def test_a_tax_that_does_not_fit_its_net_is_said(city: Database) -> None:
    with city.transaction() as session:
        till = "183000/B01-1"
        open_missing(session, {till: "Barkasse"})
        at = Dimensions(tax_code="VAT7-POOL", sphere="commercial", product="POOL-AD")
        lines = (Transfer(till, "441100", Money(467), at), Transfer(till, "372007", Money(43), at))
        post(session, [Entry(uuid4(), "sale", NOVEMBER.first, lines)])
    found = built(city, "vat").tables[0]
    assert found.agrees is False
    assert found.rows[0][8] == 10  # ten cents more than seven percent


def test_a_month_known_at_an_instant_stays_what_it_was(lived_city: Database) -> None:
    known = Period(NOVEMBER.first, NOVEMBER.last, datetime.now(UTC))
    before = {name: as_csv(built(lived_city, name, known)) for name in ("vat", "deferrals")}
    now = built(lived_city, "wallets").tables[0].sums[4]
    with lived_city.transaction() as session:
        wallet = session.scalar(text("SELECT account FROM wallet ORDER BY code LIMIT 1"))
        post(session, [a_top_up(str(wallet), 700, booked_on=NOVEMBER.last)])
    seal(lived_city.engine)
    again = {name: as_csv(built(lived_city, name, known)) for name in ("vat", "deferrals")}
    assert again == before
    after = built(lived_city, "wallets").tables[0].sums[4]
    assert isinstance(now, int)
    assert isinstance(after, int)
    assert after == now + 700
    assert built(lived_city, "wallets", known).tables[0].sums[4] == now


def test_figures_are_the_same_with_sums_and_without(lived_city: Database) -> None:
    names = ("vat", "subsidies", "pass-through", "deferrals", "wallets")
    with_sums = [as_csv(built(lived_city, name)) for name in names]
    with lived_city.read_only() as session:
        assert reach(session, None).kept_block > 0
    with lived_city.read_only() as session:  # one that knows of no sums
        session.info["sums"] = {("reach", None): Reach(0, 0, NO_LIMIT)}
        without = [as_csv(load()[name].build(session, NOVEMBER)) for name in names]
    with lived_city.transaction() as session:
        assert keep_sums(session) > 0  # the last day was sealed after its night
        assert keep_sums(session) == 0
    assert with_sums == without == [as_csv(built(lived_city, name)) for name in names]


@pytest.mark.parametrize("day", [date(2026, 10, 30), date(2026, 11, 2), date(2026, 11, 5), TODAY])
def test_what_is_held_on_a_day_is_what_the_running_totals_say(
    lived_city: Database, day: date
) -> None:
    with lived_city.read_only() as session:
        wallets = held_below(session, list(CONTROLS.values()), day, None)
        chart = around(session, day, day, None)
        for control in CONTROLS.values():
            held = sub_ledger_balances(session, control, as_of=day)
            for code, one in held.items():
                assert wallets.get(code, 0) == one.debit_balance_cents
        for line in trial_balance(session, as_of=day):
            found = sum(
                each.closing_cents for code, each in chart.items()
                if code.partition("/")[0] == line.code
            )  # fmt: skip
            assert (line.code, found) == (line.code, line.balance.debit_balance_cents)


def test_takings_are_summed_once_and_closed_days_stay(lived_city: Database) -> None:
    with lived_city.transaction() as session:
        assert refresh_takings(session, TODAY) == 0
        days = session.scalars(text("SELECT DISTINCT day FROM takings_day ORDER BY day")).all()
    assert days[0] <= date(2026, 10, 31) <= days[-1]


def test_cash_has_a_share_a_cost_and_a_hint(lived_city: Database) -> None:
    with lived_city.read_only() as session:
        found = places_of(session, NOVEMBER)
        months, lines = lines_of(session, NOVEMBER.last)
    assert [one.share for one in found] == sorted((one.share for one in found), reverse=True)
    assert all(0 <= one.cash_cents <= one.turnover_cents for one in found)
    assert {line.name for line in lines} >= {"Bäder", "Bürgerservice"}
    assert len(months) == 12
    assert all(line.shares[-1] is not None for line in lines)


def test_whole_weeks_have_a_share_of_all_and_of_each_kind(lived_city: Database) -> None:
    with lived_city.read_only() as session:
        weeks, lines = weeks_of(session, date(2026, 11, 4))
        row = session.execute(
            text("""SELECT sum(cents)::bigint AS taken,
                           (sum(cents) FILTER (WHERE channel = 'cash'))::bigint AS cash
                      FROM takings_day WHERE day BETWEEN '2026-10-26' AND '2026-11-01'
                       AND facility IN (SELECT facility FROM till)""")
        ).one()
    assert (len(weeks), weeks[0], weeks[-1]) == (13, date(2026, 8, 3), date(2026, 10, 26))
    assert lines[0] == ShareLine("Gesamt", (*(None,) * 12, tenths(row.cash, row.taken)))
    assert [line.name for line in lines[1:]] == ["Bäder", "Museen"]  # a weekend


def test_what_cash_costs_is_minutes_bags_and_differences() -> None:
    costs = cash_costs()
    sums = PlaceSums("B01", NOVEMBER.first, 100_000, 10_000, shifts=2, bags=1, wrong_cents=150)
    minutes = 2 * costs.minutes_per_shift + costs.minutes_per_bag
    per_bag = costs.transport_cents + costs.bag_cents + costs.bank_cents
    assert costs.of(sums) == minutes * costs.minute_cents + per_bag + 150
    assert [costs.hint(each) for each in (None, 249, 250, 400)] == [
        "kein Bargeld", "behalten", "beobachten", "Schließung prüfen",
    ]  # fmt: skip
    assert (tenths(1, 8), tenths(-1, 8), tenths(0, 5)) == (125, -125, 0)


def a_document(*names: str) -> Document:
    rows = [(name, -123_456) for name in names]
    return Document("Probe", NOVEMBER, (Table("Posten / alle", (words("Ort"), euro("B")), rows),))


def test_words_are_never_formulas_in_a_spreadsheet() -> None:
    document = a_document('=HYPERLINK("http://x")', "+1", "-1", "@SUM(A1)", "Bad")
    sheet = load_workbook(io.BytesIO(as_xlsx(document))).worksheets[0]
    first = [sheet.cell(row, 1) for row in range(2, 7)]
    assert {cell.data_type for cell in first} == {"s"}
    assert sheet["B2"].value == -1234.56
    assert sheet["B7"].value == -6172.8
    plain = as_csv(document).decode("utf-8-sig")
    assert "\n'=HYPERLINK" in plain or "\n\"'=HYPERLINK" in plain
    assert "-1234,56" in plain


def test_every_report_is_a_page_a_workbook_and_a_file(lived_city: Database) -> None:
    for name in load():
        document = built(lived_city, name)
        assert load_workbook(io.BytesIO(as_xlsx(document))).sheetnames
        assert document.title in as_html(document, STAMP)
        assert as_csv(document) == as_csv(built(lived_city, name))


def test_a_report_becomes_a_tagged_pdf() -> None:
    drawn = as_pdf(a_document("Bad <b>", "Museum"), STAMP)
    inside = b"".join(
        zlib.decompress(part) for part in re.findall(rb"stream\n(.*?)\nendstream", drawn, re.S)
    )
    assert b"pdfuaid" in inside
    assert inside.count(b"/Scope") == 5


@pytest.mark.parametrize("name", ["2026-13", "26-11", "x", "2026-11-01", ""])
def test_what_is_no_month_and_no_year_is_no_period(name: str) -> None:
    assert period_named(name) is None
    assert period_named("2026-02") == month_of(date(2026, 2, 9))
    assert period_named("2024").name == "2024"  # type: ignore[union-attr]
