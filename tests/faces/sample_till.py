"""Pages of the register in every state, with the city's tariff; no person, guest or child."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from terminals.till.pages import (
    Banner,
    Basket,
    Calculation,
    CaseField,
    Chip,
    Frame,
    Guests,
    Language,
    LastSale,
    Line,
    Lock,
    Page,
    Paid,
    PayKey,
    RuleEffect,
    RuleSwitch,
    Sale,
    Shift,
    Stage,
    Tab,
    Tile,
    TileGroup,
    Unavailable,
    VatLine,
)

NOON = datetime(2026, 11, 23, 10, 42, tzinfo=UTC)
KEY = "0b5f6f0e-6c2f-4f0a-9a3b-3d4f4e6f7a10"
FRAME = Frame(
    till="Kasse 2", site="Schwimmhalle Süd", now=NOON, version=17,
    shift=Shift("Früh", NOON - timedelta(hours=5, minutes=30)),
)  # fmt: skip
LAST = LastSale("B02-2-004711", NOON - timedelta(minutes=1), 500, "card", is_sent=True)
PAY = (PayKey("card"), PayKey("cash"), PayKey("wallet"), PayKey("link"))
EMPTY = tuple(PayKey(key.way, blocked="empty") for key in PAY)
POOL_VAT = (VatLine("rate", 85, 7), VatLine("rate", 96, 19))
LINES = (
    Line("1", 2, "Erwachsene", 1000),
    Line("2", 1, "Ermäßigt", 300, proof="seen"),
    Line("3", 1, "Sauna-Zuschlag", 600, is_marked=True),
)
CART = Basket(KEY, 1900, LINES, POOL_VAT, PAY)
LOCKED = replace(
    CART, lines=tuple(replace(line, is_marked=False) for line in LINES), pay=(),
    lock=Lock("card", "offered", "a1"),
)  # fmt: skip


def pool_tiles(counts: dict[str, int] | None = None) -> tuple[TileGroup, ...]:
    """The ten articles of a pool, two groups, with what is in the basket."""
    counts = counts or {}
    single = (
        ("POOL-AD", "Erwachsene", "Normalpreis", 500, "person"),
        ("POOL-FAM", "Familie", "2 Erwachsene, 3 Kinder", 1200, "family"),
        ("POOL-RED", "Ermäßigt", "", 300, "reduced"),
        ("POOL-PASS-CH", "Kind mit Aachen‑Pass", "", 100, "child"),
        ("POOL-U6", "Unter 6 Jahre", "wird nur gezählt", 0, "baby"),
        ("POOL-SAUNA", "Sauna-Zuschlag", "zum Eintritt, 19 % MwSt.", 600, "sauna"),
    )
    passes = (
        ("POOL-10A", "10er‑Karte", "Erwachsene", 4500, "passes"),
        ("POOL-10R", "10er‑Karte", "ermäßigt", 2700, "passes"),
        ("POOL-HOL-S", "Ferienkarte kurz", "1 Besuch am Tag", 900, "sun"),
        ("POOL-HOL-L", "Ferienkarte Sommer", "1 Besuch am Tag", 2500, "sun"),
    )

    def tile(place: int, article: tuple[str, str, str, int, str]) -> Tile:
        code, name, note, cents, pictogram = article
        return Tile(
            code, name, cents, note, count=counts.get(code, 0), key=str((place + 1) % 10),
            pictogram=pictogram, needs_proof=code in ("POOL-RED", "POOL-PASS-CH"),
        )  # fmt: skip

    return (
        TileGroup("Einzeleintritt", tuple(tile(n, each) for n, each in enumerate(single))),
        TileGroup(
            "Mehrfach- und Ferienkarten",
            tuple(tile(n + 6, each) for n, each in enumerate(passes)),
            "pass",
        ),
    )


IN_CART = {"POOL-AD": 2, "POOL-RED": 1, "POOL-SAUNA": 1}
IDLE = Sale(pool_tiles(), takes_scans=True, last_sale=LAST)
SELLING = Sale(pool_tiles(IN_CART), "cart", takes_scans=True, last_sale=LAST)


def on_stage(stage: Stage, basket: Basket | Paid | None = LOCKED, **frame: object) -> Page:
    """A page with this stage; the basket of four articles is locked beside it."""
    return Page(replace(FRAME, **frame), stage, basket)  # type: ignore[arg-type]


def offline() -> Page:
    """S20: the centre is gone, seven sales wait."""
    blocked = (PayKey("card"), PayKey("cash"), PayKey("wallet", limit_cents=1000),
               PayKey("link", blocked="network"))  # fmt: skip
    lines = (Line("1", 1, "Familie", 1200), Line("2", 1, "Unter 6 Jahre", 0, "wird nur gezählt"),
             Line("3", 1, "Erwachsene", 500, is_marked=True))  # fmt: skip
    tiles = pool_tiles({"POOL-AD": 1, "POOL-FAM": 1, "POOL-U6": 1})
    last = replace(LAST, number="B02-2-004718", is_sent=False)
    banner = Banner("offline", NOON - timedelta(minutes=6), 7)
    return on_stage(
        Sale(tiles, "offline", banner=banner, takes_scans=True, last_sale=last),
        Basket(KEY, 1700, lines, (VatLine("rate", 112, 7),), blocked),
        chips=(Chip("not_sent", 7),), not_sent=7,
    )  # fmt: skip


def office() -> Page:
    """S35: fees with a case, a dated price and the rule that doubles."""
    articles = (
        ("PA24", "Personalausweis", "ab 24 Jahre", 4600, "id", 1),
        ("PAU24", "Personalausweis", "unter 24 Jahre", 2760, "id", 0),
        ("PAV", "Vorläufiger Ausweis", "", 1000, "hourglass", 0),
        ("RP24", "Reisepass", "ab 24 Jahre, 32 Seiten", 7000, "passport", 1),
        ("RPU24", "Reisepass", "unter 24 Jahre, 32 Seiten", 3750, "passport", 0),
        ("RPV", "Vorläufiger Reisepass", "", 2600, "hourglass", 0),
        ("RP48", "48 Seiten", "Zuschlag Reisepass", 2200, "copy", 0),
        ("RPX", "Express", "Zuschlag Reisepass", 3200, "flash", 0),
        ("RPC", "Änderung im Pass", "", 600, "pen", 0),
        ("FOTO", "Digitales Foto", "im Amt aufgenommen", 600, "camera", 1),
    )
    tiles = tuple(
        Tile(code, name, cents, note, code in ("RP48", "RPX"), count=count,
             key=str((n + 1) % 10), pictogram=pictogram)
        for n, (code, name, note, cents, pictogram, count) in enumerate(articles)
    )  # fmt: skip
    rule = RuleSwitch(
        "off_hours", "Nicht zuständig oder außerhalb der Dienstzeit",
        (RuleEffect("Ausweis", plus_cents=1300), RuleEffect("Reisepass", times=2)), is_on=True,
    )  # fmt: skip
    tabs = tuple(Tab(name, name, is_open=n == 0) for n, name in
                 enumerate(("Ausweis & Pass", "Meldewesen", "Beglaubigung", "Parken")))  # fmt: skip
    last = LastSale("A01-4-002310", NOON - timedelta(minutes=3), 900, "card", is_sent=True)
    sale = Sale((TileGroup("Ausweis und Pass", tiles),), "cart", tabs, date(2026, 11, 24), rule,
                last_sale=last)  # fmt: skip
    lines = (
        Line("1", 1, "Personalausweis ab 24", 5900, calculation=Calculation(4600, plus_cents=1300),
             price_since=date(2026, 2, 7), price_before=(date(2026, 2, 6), 3700)),
        Line("2", 1, "Reisepass ab 24", 14000,
             calculation=Calculation(7000, times=2, basis="§ 15 Abs. 2 PassV")),
        Line("3", 1, "Digitales Foto", 600, is_marked=True, may_waive=True, may_redate=True),
    )  # fmt: skip
    pay = (PayKey("card"), PayKey("cash"), PayKey("link"), PayKey("notice"))
    basket = Basket(
        KEY, 20500, lines, (VatLine("official"),), pay, "fees",
        case=CaseField("5301004277183", "ok"), rule=("Nicht zuständige Behörde", "off_hours"),
    )  # fmt: skip
    shift = Shift("Vormittag", NOON - timedelta(hours=3, minutes=47))
    return on_stage(sale, basket, till="Kasse 4", site="Bürgerservice Katschhof", shift=shift)


def museum() -> Page:
    """S38: counters, free tickets, three kinds of tax in one basket."""
    articles = (
        ("MUS-AD", "Erwachsene", "Tageskarte", 600, "person", 2),
        ("MUS-RED", "Ermäßigt", "", 300, "reduced", 0),
        ("MUS-U21", "Unter 21", "Freikarte", 0, "young", 3),
        ("MUS-APASS", "Aachen-Pass", "", 0, "id", 0),
        ("MUS-SP", "Sonder\u00adausstellung", "Zeitfenster 11:30", 1000, "eye", 0),
        ("MUS-SIX", "six for six", "6 Häuser, 6 Monate", 1400, "grid-plus", 0),
        ("MUS-TOUR", "Führung", "Zuschlag 11:30", 200, "headphones", 0),
        ("MUS-BOOK", "Katalog", "Museumsshop", 2490, "book", 1),
        ("MUS-MUG", "Tasse", "Museumsshop", 1190, "cup", 1),
    )
    full = Unavailable("slot_full", time(11, 30), time(12, 0))
    tiles = tuple(
        Tile(code, name, cents, note, needs_proof=code in ("MUS-RED", "MUS-APASS"), count=count,
             key=str(n + 1), pictogram=pictogram, unavailable=full if code == "MUS-TOUR" else None)
        for n, (code, name, note, cents, pictogram, count) in enumerate(articles)
    )  # fmt: skip
    tabs = tuple(Tab(name, name, is_open=n == 0) for n, name in
                 enumerate(("Häufig", "Eintritt", "Führungen", "Shop")))  # fmt: skip
    last = LastSale("M02-1-001204", NOON - timedelta(minutes=2), 600, "card", is_sent=True)
    sale = Sale((TileGroup("", tiles),), "cart", tabs, guests=Guests(214, 97, of="day"),
                last_sale=last)  # fmt: skip
    lines = (
        Line("1", 2, "Erwachsene", 1200),
        Line("2", 3, "Unter 21 – Freikarte", 0),
        Line("3", 1, "Katalog", 2490),
        Line("4", 1, "Tasse", 1190, is_marked=True),
    )
    vat = (VatLine("exempt", 1200), VatLine("rate", 163, 7), VatLine("rate", 190, 19))
    shift = Shift("Tag", NOON - timedelta(hours=1, minutes=22))
    return on_stage(sale, Basket(KEY, 4880, lines, vat, PAY), till="Kasse 1",
                    site="Suermondt-Ludwig-Museum", shift=shift)  # fmt: skip


def states() -> dict[str, Callable[[], Page]]:
    """Every state of the register by a name for it."""
    from tests.faces import (  # noqa: PLC0415 - they build on this
        sample_till_shift,
        sample_till_stages,
        sample_till_tender,
    )

    return {
        "idle": lambda: on_stage(IDLE, Basket(KEY, 0, pay=EMPTY)),
        "cart": lambda: on_stage(SELLING, CART),
        "left_alone": lambda: on_stage(IDLE, Basket(KEY, 0, pay=EMPTY), lock_seconds=180),
        "offline": offline,
        "office": office,
        "museum": museum,
        **sample_till_stages.STATES,
        **sample_till_tender.STATES,
        **sample_till_shift.STATES,
    }


def page_of(state: str, language: Language) -> Page:
    """The page of this state in this language; its articles stay German."""
    page = states()[state]()
    return replace(page, frame=replace(page.frame, language=language))
