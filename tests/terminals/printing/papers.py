"""Receipts for tests: a pool's, a museum's, an office's, and the slips of a day."""

from datetime import UTC, date, datetime, timedelta

from terminals.printing.receipt import House, Item, Payment, Place, Receipt, Tax, Tse, sale
from terminals.printing.slips import (
    ClosedShift,
    CountedTill,
    OwedFee,
    SoldPass,
    audit_protocol,
    card_slip,
    clarification_slip,
    notice_slip,
    pass_slip,
    pick_up_slip,
    safebag_slip,
    shift_protocol,
)

AT = datetime(2026, 11, 17, 10, 41, 7, tzinfo=UTC)
BEGUN = AT - timedelta(seconds=19)
ADDRESS = "https://kasse.stadt.example/beleg/7K3M0Q9A1B2C3D4E5F6G7H8J9K"
POOL = Place(
    House("Stadt Aachen", "Schwimmhalle Süd", ("Am Höfling 12", "52066 Aachen"), "201/5900/1234"),
    "Kasse 2",
    "B02-2-4F7A91",
)
OFFICE = Place(House("Stadt Aachen", "Bürgerservice Katschhof"), "Schalter 3")
SEVEN, NINETEEN = Tax(7), Tax(19)
MUSEUM, FEE = Tax(0, "steuerfrei, § 4 Nr. 20 a UStG"), Tax(0, "Amtliche Gebühr, ohne Umsatzsteuer")
SLIP = ("** Kundenbeleg **", "Terminal-ID  68254711", "AS-Zeit 17.11.  11:41 Uhr")
CARD = Payment(
    "girocard", 2500, scheme="girocard", last4="4711", terminal="68254711",
    trace="000231", authorisation="482910",
)  # fmt: skip
SIGNED = Tse(
    "7f3c" * 16, 20311, 40622, "MEUCIQD" + "x7Kq9+/A" * 10 + "==", BEGUN, AT,
)  # fmt: skip


def at_the_pool(**changes: object) -> Receipt:
    """Two adults and a sauna ticket by girocard, two tax rates, signed by the TSE."""
    items = [
        Item("Erwachsene", 1400, 2, 700, SEVEN),
        Item("Sauna", 1100, 1, 1100, NINETEEN, note="nur heute"),
    ]
    how = {"payment": CARD, "tse": SIGNED, "qr": ADDRESS, "started_at": BEGUN, "finished_at": AT}
    return sale(POOL, "B02-2-004712", items, **(how | changes))  # type: ignore[arg-type]


def in_the_office() -> Receipt:
    """A fee in cash: sovereign, so no TSE."""
    return sale(
        OFFICE, "A01-3-000881", [Item("Personalausweis ab 24", 4600, tax=FEE)],
        payment=Payment("cash", 4600, tendered_cents=5000, change_cents=400),
        started_at=BEGUN, finished_at=AT,
    )  # fmt: skip


def the_slips() -> dict[str, Receipt]:
    """One of every other piece of paper."""
    shift = ClosedShift(
        "Früh", AT - timedelta(hours=7), AT, "S-0007", {"cash": 28790, "girocard": 123400},
        15000, 43790, 43640, "Wechselgeldfehler", 214, 2, ("B02-2-004501", "B02-2-004712"), 318, 7,
    )  # fmt: skip
    sold = SoldPass("P-000004", "10er‑Karte", "Alle Hallenbäder", date(2029, 11, 17), "1K" * 60, 10)
    owed = OwedFee(4600, ADDRESS, "RF18539007547034", date(2026, 12, 1), "5301004277180")
    bag_counts = [(5000, 4), (2000, 5)]
    counted = CountedTill(
        "2026-11-17-1", 318, "S-0007", AT - timedelta(hours=7), AT, {5000: 8, 200: 18, 50: 0},
        43790, 43600, (("4471 0093", 30000),), 1, 7,
    )  # fmt: skip
    return {
        "clarification": clarification_slip(
            POOL, "B02-2-K0003", amount_cents=1900, at=AT, state_address=ADDRESS
        ),
        "pick_up": pick_up_slip(
            POOL, "B02-2-A0001", original="B02-2-004640", amount_cents=4500, at=AT, language="en"
        ),
        "notice": notice_slip(OFFICE, "A01-3-000882", owed, at=AT),
        "pass": pass_slip(POOL, "B02-2-004713", sold, at=AT),
        "card_slip": card_slip(POOL, SLIP, at=AT),
        "shift": shift_protocol(POOL, shift),
        "audit": audit_protocol(POOL, counted),
        "safebag": safebag_slip(
            POOL, "4471 0093", amount_cents=30000, counts=bag_counts, at=AT,
            people=("S-0007", "S-0011"),
        ),
    }  # fmt: skip
