"""The other pieces of paper of a till: clarification, pick-up, pass, shift, audit, bag, card."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

from terminals.printing import words
from terminals.printing.amounts import day, instant, money
from terminals.printing.receipt import Fact, Language, Place, Receipt


@dataclass(frozen=True, slots=True)
class SoldPass:
    """A pass as its slip shows it; visits None where days use it up. token: its guest code."""

    code: str
    product: str
    valid_at: str
    valid_until: date
    token: str
    visits: int | None = None


@dataclass(frozen=True, slots=True)
class OwedFee:
    """What a fee notice asks for. address: where it is paid. reference: of a transfer."""

    amount_cents: int
    address: str
    reference: str
    pay_until: date
    case: str = ""


@dataclass(frozen=True, slots=True)
class ClosedShift:
    """What a shift came to. takings, counted_by: in cents, by way and by denomination."""

    name: str
    opened_at: datetime
    closed_at: datetime
    person: str
    takings: Mapping[str, int]
    float_cents: int
    expected_cents: int
    counted_cents: int
    reason: str
    guests: int
    voids: int
    receipts: tuple[str, str] | None
    z_number: int
    not_sent: int


@dataclass(frozen=True, slots=True)
class CountedTill:
    """A till that was counted unannounced, amid its shift. counts: pieces by cents. bags: number
    and cents of those that left the drawer in this shift. not_sent: items the centre lacks."""

    shift: str
    z_number: int
    person: str
    opened_at: datetime
    counted_at: datetime
    counts: Mapping[int, int]
    expected_cents: int
    counted_cents: int
    bags: tuple[tuple[str, int], ...]
    unclear: int
    not_sent: int


def clarification_slip(
    place: Place,
    number: str,
    *,
    amount_cents: int,
    at: datetime,
    state_address: str = "",
    language: Language = "de",
) -> Receipt:
    """For a guest who leaves before it is known whether the card was charged."""
    facts = (Fact(words.phrase("amount", language), money(amount_cents, language), is_total=True),)
    notes = (words.phrase("open_payment", language),)
    return Receipt(
        "clarification", place, number, at, at,
        qr=state_address, language=language, facts=facts, notes=notes,
    )  # fmt: skip


def pick_up_slip(
    place: Place,
    number: str,
    *,
    original: str,
    amount_cents: int,
    at: datetime,
    state_address: str = "",
    language: Language = "de",
) -> Receipt:
    """For a guest who cannot wait for the second approval of a refund."""
    facts = (Fact(words.phrase("amount", language), money(amount_cents, language), is_total=True),)
    notes = (words.phrase("pick_up_later", language),)
    return Receipt(
        "pick_up", place, number, at, at, qr=state_address, language=language,
        original=original, facts=facts, notes=notes,
    )  # fmt: skip


def notice_slip(
    place: Place, number: str, owed: OwedFee, *, at: datetime, language: Language = "de"
) -> Receipt:
    """What a guest takes along who pays a fee later; `number` is the notice's."""
    say = partial(_fact, language)
    facts = [
        say("amount", money(owed.amount_cents, language), is_total=True),
        *([say("case", owed.case)] if owed.case else []),
        say("transfer_reference", owed.reference),
        say("pay_until", day(owed.pay_until, language)),
    ]
    notes = (words.phrase("pay_there", language), owed.address)
    return Receipt(
        "notice", place, number, at, at,
        qr=owed.address, language=language, facts=tuple(facts), notes=notes,
    )  # fmt: skip


def pass_slip(
    place: Place, number: str, sold: SoldPass, *, at: datetime, language: Language = "de"
) -> Receipt:
    """The paper a multi-visit or season pass is carried on; `number` is the sale's."""
    say = partial(_fact, language)
    facts = [
        say("product", sold.product),
        *([say("visits", str(sold.visits))] if sold.visits is not None else []),
        say("valid_at", sold.valid_at),
        say("valid_until", day(sold.valid_until, language)),
        say("pass_code", sold.code),
    ]
    return Receipt(
        "pass", place, number, at, at, qr=sold.token, language=language, facts=tuple(facts)
    )


def shift_protocol(place: Place, shift: ClosedShift, *, language: Language = "de") -> Receipt:
    """What is signed at the end of a shift; blames nobody for a difference."""
    say, euro = partial(_fact, language), partial(money, language=language)
    difference = shift.counted_cents - shift.expected_cents
    facts = [
        say("shift", shift.name),
        say("person", shift.person),
        say("opened", instant(shift.opened_at, language)),
        say("closed", instant(shift.closed_at, language)),
        *(Fact(words.way(way, language), euro(cents)) for way, cents in shift.takings.items()),
        say("float", euro(shift.float_cents)),
        say("expected", euro(shift.expected_cents)),
        say("counted", euro(shift.counted_cents)),
        say("difference", euro(difference), is_total=True),
        *([say("reason", shift.reason)] if shift.reason else []),
        say("guests", str(shift.guests)),
        say("voids", str(shift.voids)),
        *([say("receipts", " – ".join(shift.receipts))] if shift.receipts else []),
        *([say("not_sent", str(shift.not_sent))] if shift.not_sent else []),
    ]
    return Receipt(
        "shift", place, f"Z {shift.z_number}", shift.opened_at, shift.closed_at,
        language=language, facts=tuple(facts),
    )  # fmt: skip


def audit_protocol(place: Place, till: CountedTill, *, language: Language = "de") -> Receipt:
    """What an auditor and the cashier sign: what was counted, and only then what was expected."""
    say, euro = partial(_fact, language), partial(money, language=language)
    facts = [
        say("shift", till.shift),
        say("person", till.person),
        say("opened", instant(till.opened_at, language)),
        *(Fact(f"{pieces} × {euro(coin)}", euro(coin * pieces))
          for coin, pieces in sorted(till.counts.items(), reverse=True) if pieces),
        say("counted", euro(till.counted_cents)),
        say("expected", euro(till.expected_cents)),
        say("difference", euro(till.counted_cents - till.expected_cents), is_total=True),
        *(fact for bag, cents in till.bags
          for fact in (say("bag", bag), say("seal", euro(cents)))),
        say("unclear", str(till.unclear)),
        say("not_sent", str(till.not_sent)),
    ]  # fmt: skip
    return Receipt(
        "audit", place, f"Z {till.z_number}", till.opened_at, till.counted_at,
        language=language, facts=tuple(facts),
    )  # fmt: skip


def safebag_slip(
    place: Place,
    bag: str,
    *,
    amount_cents: int,
    counts: Iterable[tuple[int, int]],
    at: datetime,
    people: tuple[str, ...],
    language: Language = "de",
) -> Receipt:
    """What lies with the money in a bag.

    counts: (cents of the piece, how many), largest first. people: who filled it and, where the
    house wants one, who watched.
    """
    say, euro = partial(_fact, language), partial(money, language=language)
    facts = [
        *(Fact(f"{many} × {euro(piece)}", euro(piece * many)) for piece, many in counts),
        say("amount", euro(amount_cents), is_total=True),
        *(say(role, name) for role, name in zip(("person", "witness"), people, strict=False)),
    ]
    return Receipt("safebag", place, bag, at, at, language=language, facts=tuple(facts))


def card_slip(place: Place, lines: tuple[str, ...], *, at: datetime) -> Receipt:
    """What a card terminal wants on paper besides a receipt: for the city, or of a refusal."""
    return Receipt("card_slip", place, "", at, at, slip=lines)


def _fact(language: Language, name: str, value: str = "", *, is_total: bool = False) -> Fact:
    return Fact(words.phrase(name, language), value, is_total)
