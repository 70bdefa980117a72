"""Sample pages: cash, wallet, pass, link, notice and reasons (S30 to S37)."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, time, timedelta

from terminals.till.pages import (
    Basket,
    CaseField,
    CasePaid,
    CashEntry,
    FeeNotice,
    IssuedPass,
    Line,
    Lock,
    NumberEntry,
    Page,
    Paid,
    PayKey,
    PayLink,
    ReasonChoice,
    Sale,
    Search,
    VatLine,
    Visit,
    WalletScan,
)
from tests.faces.sample_till import (
    CART,
    EMPTY,
    IDLE,
    KEY,
    LAST,
    LOCKED,
    NOON,
    PAY,
    SELLING,
    museum,
    office,
    on_stage,
    pool_tiles,
)

PAYING = replace(LOCKED, lock=Lock("cash"))
AFTER = Sale(pool_tiles(), takes_scans=True, last_sale=LAST)
QR = "/kasse/picture/sample.svg"
NO_CASE = Basket(
    KEY, 4600, (Line("1", 1, "Personalausweis ab 24", 4600, is_marked=True),),
    (VatLine("official"),),
    (PayKey("card", "case"), PayKey("cash", "case"), PayKey("link", "case"),
     PayKey("notice", "case")),
    "fees", case=CaseField(is_first=True),
)  # fmt: skip


def _free() -> Page:
    page = museum()
    lines = (Line("1", 3, "Unter 21 – Freikarte", 0, is_marked=True),)
    return replace(page, basket=Basket(KEY, 0, lines, (), (PayKey("free"),)))


def _office(basket: Basket) -> Page:
    return replace(office(), basket=basket)


def _wallet(problem: str | None = None) -> Page:
    scan = WalletScan(1900, problem, 1000)  # type: ignore[arg-type]
    return on_stage(scan, replace(LOCKED, lock=Lock("wallet")))


def _visit(visit: Visit) -> Page:
    return on_stage(SELLING, replace(CART, visit=visit))


STATES: Mapping[str, Callable[[], Page]] = {
    "cash": lambda: on_stage(CashEntry(1900, (2000, 5000, 10000), KEY), PAYING),
    "cash_short": lambda: on_stage(CashEntry(1900, (2000, 5000, 10000), KEY, 1500), PAYING),
    "cash_paid": lambda: on_stage(
        AFTER, Paid(1900, "cash", "B02-2-004713", NOON, qr=QR, change_cents=100)
    ),
    "wallet": _wallet,
    "wallet_short": lambda: _wallet("short"),
    "wallet_unknown": lambda: _wallet("unknown"),
    "wallet_offline": lambda: _wallet("offline_limit"),
    "number": lambda: on_stage(NumberEntry("wallet", "4471", "unknown"), LOCKED),
    "pass_sold": lambda: on_stage(
        AFTER,
        Paid(
            4500,
            "card",
            "B02-2-004714",
            NOON,
            "Visa",
            "chip",
            QR,
            must_print=True,
            passes=(IssuedPass("10er‑Karte", 10, date(2029, 11, 23), is_printed=False),),
        ),
    ),
    "visit": lambda: _visit(Visit("10er‑Karte Erwachsene", 1, 7, undo_until=NOON)),
    "visit_idle": lambda: on_stage(
        IDLE, Basket(KEY, 0, pay=EMPTY, visit=Visit("Ferienkarte Sommer", 1, undo_until=NOON))
    ),
    "visit_refused": lambda: _visit(
        Visit(
            "Ferienkarte Sommer",
            refused="used",
            used_at=time(9, 12),
            gate="Tor 2",
            single="POOL-AD",
        )
    ),
    "visit_expired": lambda: _visit(
        Visit(
            "10er‑Karte ermäßigt",
            refused="expired",
            expired_on=date(2026, 9, 30),
            single="POOL-RED",
        )
    ),
    "cleared": lambda: on_stage(
        IDLE, Basket(KEY, 0, pay=EMPTY, may_undo_until=NOON + timedelta(seconds=5))
    ),
    "proof_asked": lambda: on_stage(
        SELLING,
        replace(
            CART,
            lines=(replace(CART.lines[1], proof="asked", is_marked=True), CART.lines[0]),
            pay=tuple(PayKey(key.way, "proof") for key in PAY),
        ),
    ),
    "link": lambda: replace(
        office(),
        stage=PayLink("l1", 20500, QR, NOON + timedelta(days=1), "opened", "5301004277183"),
        basket=replace(LOCKED, lock=Lock("link")),
    ),
    "link_paid": lambda: on_stage(
        PayLink("l1", 1900, QR, NOON, "paid_meanwhile"), replace(LOCKED, lock=Lock("link"))
    ),
    "notice": lambda: on_stage(FeeNotice(4600, KEY, "5301004277183"), NO_CASE),
    "notice_issued": lambda: on_stage(
        FeeNotice(4600, KEY, "5301004277183", True, "A01-2026-000311"), NO_CASE
    ),
    "notice_payable": lambda: on_stage(
        FeeNotice(
            4600,
            KEY,
            "5301004277183",
            True,
            "A01-1-000311",
            "payable",
            QR,
            "https://stadtkasse.aachen.example/zahlen/0123456789ABCDEFGHJKLMNPQR",
            "RF18539007547034",
            NOON + timedelta(days=14),
        ),
        NO_CASE,
    ),
    "visit_undone": lambda: _visit(Visit("10er‑Karte Erwachsene", 1, 8, undo="done")),
    "case_missing": lambda: _office(NO_CASE),
    "case_wrong": lambda: _office(replace(NO_CASE, case=CaseField("5301004277188", "digit", 13))),
    "case_paid": lambda: replace(office(), stage=CasePaid("5301004277183", NOON, 4600)),
    "reason_rule": lambda: replace(
        office(),
        stage=ReasonChoice(
            "rule",
            "off_hours",
            "Nicht zuständig oder außerhalb der Dienstzeit",
            ("not_competent", "out_of_hours"),
        ),
    ),
    "price_date": lambda: replace(
        office(),
        stage=ReasonChoice(
            "price_date",
            "1",
            "Personalausweis ab 24",
            ("applied_before", "own_error", "other"),
            ((date(2026, 2, 6), 3700), (date(2025, 12, 31), 3700)),
        ),
    ),
    "free_tickets": _free,
    "free_issued": lambda: on_stage(AFTER, Paid(0, "free", "M02-1-001205", NOON, free_tickets=3)),
    "search": lambda: on_stage(Sale((), "cart", search=Search("Brille")), CART),
}
