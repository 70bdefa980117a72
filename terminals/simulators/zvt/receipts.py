"""What the terminal prints: the lines of its receipts, as print lines or text blocks."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from terminals.simulators.zvt.book import Settlement, Transaction, by_column
from terminals.simulators.zvt.cards import CARDS
from terminals.simulators.zvt.codec import CHARSETS, container, tag
from terminals.simulators.zvt.dialogue import Dialogue
from terminals.simulators.zvt.scenarios import Script

MERCHANT, CUSTOMER, ADMIN = 1, 2, 3
CENTRED, PLAIN, LAST = 0x40, 0x00, 0x81
WIDTH = 24
BLOCK_LINES = 10  # a longer receipt comes in several blocks, only the last is marked

_KINDS = {"payment": "Kartenzahlung", "reversal": "Storno", "refund": "Gutschrift"}


@dataclass(frozen=True, slots=True)
class Copy:
    """One sheet. is_due: paper is compulsory, for a signature."""

    kind: int
    lines: tuple[tuple[int, str], ...]
    is_due: bool = False


def of_transaction(transaction: Transaction, script: Script, terminal_id: str) -> tuple[Copy, Copy]:
    """The city's copy and the guest's."""
    card = CARDS[transaction.card]
    pan = card.pan.rstrip("F").replace("E", "#")
    body = [
        (CENTRED, "Stadt Aachen"),
        (PLAIN, ""),
        (CENTRED, _KINDS[transaction.kind]),
        (CENTRED, card.name),
        (PLAIN, f"Betrag EUR{_euros(transaction.amount_cents):>14}"),
        (PLAIN, f"Terminal-ID{terminal_id:>13}"),
        (PLAIN, f"TA-Nr {transaction.number:06d} Beleg {transaction.receipt:04d}"),
        (PLAIN, pan),
        (PLAIN, "kontaktlos" if transaction.entry == "contactless" else "Chip"),
        (PLAIN, f"{transaction.at:%d.%m.%Y %H:%M:%S}"),
        (CENTRED, "Zahlung erfolgt, geprüft"),
    ]
    signed = [(PLAIN, ""), (PLAIN, "Unterschrift:"), (PLAIN, "_" * WIDTH)]
    merchant = (CENTRED, "** Händlerbeleg **"), *body, *(signed if script.signature else [])
    customer = (CENTRED, "** Kundenbeleg **"), *body, (CENTRED, "Bitte Beleg aufbewahren")
    return Copy(MERCHANT, merchant, script.signature), Copy(CUSTOMER, customer)


def of_settlement(settlement: Settlement, terminal_id: str, title: str) -> Copy:
    """The sheet of an end of day, or of the turnover so far."""
    names = {card.column: card.name for card in reversed(CARDS.values())}
    lines = [
        (CENTRED, f"** {title} **"),
        (PLAIN, f"Terminal-ID{terminal_id:>13}"),
        (PLAIN, f"{settlement.at:%d.%m.%Y %H:%M:%S}"),
        (PLAIN, f"Nummer{settlement.number:>18}"),
    ]
    for column, (count, cents) in enumerate(by_column(settlement.transactions)):
        if count:
            lines.append((PLAIN, f"{names.get(column, 'Übrige'):<17}{count:>7}"))
            lines.append((PLAIN, f"EUR{_euros(cents):>21}"))
    lines.append((PLAIN, f"Gesamt{_euros(settlement.amount_cents):>18}"))
    return Copy(ADMIN, tuple(lines))


def of_diagnosis(terminal_id: str) -> Copy:
    """The sheet of a diagnosis."""
    return Copy(ADMIN, ((CENTRED, "** Diagnose **"), (PLAIN, f"Terminal-ID{terminal_id:>13}"),
                        (PLAIN, "Verbindung in Ordnung")))  # fmt: skip


def wants(dialogue: Dialogue, copy: Copy) -> bool:
    """Whether the register prints such a sheet, as text of the terminal."""
    asked = 0x04 if copy.kind == ADMIN else 0x02
    config = dialogue.terminal.registration.config
    return bool(config & asked and config & 0x80) and dialogue.terminal.settings.prints != "none"


def frames(dialogue: Dialogue, copies: Sequence[Copy]) -> Iterator[bytes]:
    """The messages that bring these sheets to the register, as far as it prints them."""
    for copy in copies:
        if not wants(dialogue, copy):
            continue
        if dialogue.terminal.prints_blocks:
            yield from _blocks(dialogue, copy)
        else:
            yield from _lines(dialogue, copy)


def _lines(dialogue: Dialogue, copy: Copy) -> Iterator[bytes]:
    for place, (attribute, text) in enumerate(copy.lines, start=1):
        mark = LAST if place == len(copy.lines) else attribute
        if text:
            yield dialogue.frame("06D1", bytes([mark]) + dialogue.encoded(text))
        else:
            yield dialogue.frame("06D1", b"\xff\x01")


def _blocks(dialogue: Dialogue, copy: Copy) -> Iterator[bytes]:
    for start in range(0, len(copy.lines), BLOCK_LINES):
        some = copy.lines[start : start + BLOCK_LINES]
        text = [
            tag("09", bytes([attribute])) + tag("07", dialogue.encoded(line))
            for attribute, line in some
        ]
        if start + BLOCK_LINES >= len(copy.lines):
            text.append(tag("09", bytes([LAST])))
        parts = [tag("1F07", bytes([copy.kind]))]
        if copy.is_due:
            parts.append(tag("1F37", b"\x83"))  # positive, with signature line, must be printed
        if dialogue.terminal.charset != "cp437":
            parts.append(tag("14", bytes.fromhex(CHARSETS[dialogue.terminal.charset][1])))
        yield dialogue.frame("06D3", container([*parts, tag("25", *text)]))


def _euros(cents: int) -> str:
    sign = "-" if cents < 0 else ""
    return f"{sign}{abs(cents) // 100},{abs(cents) % 100:02d}"
