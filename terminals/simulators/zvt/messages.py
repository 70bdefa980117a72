"""What 04 0F says of a transaction or an end of day."""

from datetime import datetime

from terminals.simulators.zvt.book import Settlement, Transaction, by_column
from terminals.simulators.zvt.cards import CARDS
from terminals.simulators.zvt.codec import container, counted, number, tag
from terminals.simulators.zvt.dialogue import Dialogue
from terminals.simulators.zvt.scenarios import Script

EURO = bytes.fromhex("0978")
_LONGEST_COUNT = 256  # one binary byte; the standard lets it wrap
_ENTRY = {"contactless": "02", "chip": "01"}  # tag 1F12
_CHECKED = {"contactless": "00", "chip": "02"}  # tag 1F10: nothing, PIN asked online


def result(code: int) -> bytes:
    """Field 27: how it went."""
    return bytes([0x27, code])


def approved(dialogue: Dialogue, transaction: Transaction, script: Script) -> bytes:
    """Everything a receipt needs of an approved transaction."""
    if script.bare:
        return result(0)
    card = CARDS[transaction.card]
    parts = [
        result(0),
        b"\x04" + number(transaction.amount_cents, 6),
        b"\x0b" + number(transaction.number, 3),
        b"" if transaction.original is None else b"\x37" + number(transaction.original, 3),
        moment(transaction.at),
        b"\x0e" + bytes.fromhex(card.expires),
        b"\x17\x00\x01",
        b"\x19" + (b"\x70" if transaction.entry == "chip" else b"\x60"),
        b"\x22" + counted(bytes.fromhex(card.pan), 2),
        _terminal(dialogue),
        b"\x2a" + b"100764992".ljust(15),
        b"\x3b" + f"{transaction.number:06d}".encode() + b"\x00\x00",
        b"\x49" + EURO if 0x49 in dialogue.fields else b"",
        b"\x87" + number(transaction.receipt, 2),
        b"\x88" + number(transaction.turnover, 3),
        bytes([0x8A, card.kind]),
        b"\x8b" + counted(card.name.encode() + b"\x00", 2),
        b"\x3c" + counted(dialogue.encoded(f"GEN.NR.:{transaction.number:06d} GENEHMIGT"), 3),
        _tags(dialogue, transaction, script),
        b"\x5e\x01\x02" if script.unknown else b"",  # a field nobody knows ends what can be read
    ]
    return b"".join(parts)


def declined(dialogue: Dialogue, script: Script, code: int, text: str) -> bytes:
    """A short one: why, which terminal, what the merchant reads, which card."""
    said = dialogue.encoded(text)
    parts = result(code) + _terminal(dialogue) + b"\x3c" + counted(said, 3)
    parts += bytes([0x8A, CARDS[script.card].kind])
    if dialogue.terminal.registration.has_tlv:
        parts += container([tag("24", tag("07", said))])
    return parts


def totals(settlement: Settlement) -> bytes:
    """An end of day, or the batch so far: the sum and field 60 with seven columns of cards."""
    receipts = [each.receipt for each in settlement.transactions] or [0]
    columns = b"".join(
        bytes([count % _LONGEST_COUNT]) + number(abs(cents), 6)
        for count, cents in by_column(settlement.transactions)
    )
    single = number(receipts[0], 2) + number(receipts[-1], 2) + columns
    amount = b"\x04" + number(abs(settlement.amount_cents), 6)
    return result(0) + amount + moment(settlement.at) + b"\x60" + counted(single, 3)


def moment(at: datetime) -> bytes:
    """Fields 0C and 0D: time and day, without a year."""
    return bytes.fromhex(f"0C{at:%H%M%S}0D{at:%m%d}")


def _terminal(dialogue: Dialogue) -> bytes:
    return b"\x29" + bytes.fromhex(dialogue.terminal.terminal_id)


def _tags(dialogue: Dialogue, transaction: Transaction, script: Script) -> bytes:
    if not dialogue.terminal.registration.has_tlv:
        return b""
    checked = "01" if script.signature else _CHECKED[transaction.entry]
    how = tag(
        "2F",
        tag("1F10", bytes.fromhex(checked)),
        tag("1F11", b"\x01"),
        tag("1F12", bytes.fromhex(_ENTRY[transaction.entry])),
    )
    when = tag("2E", tag("1F0E", bytes.fromhex(f"{transaction.at:%Y%m%d}")),
               tag("1F0F", bytes.fromhex(f"{transaction.at:%H%M%S}")))  # fmt: skip
    parts = [how, when, tag("60", tag("43", bytes.fromhex(CARDS[transaction.card].aid)))]
    if script.signature:
        parts.append(tag("45", b"\x22\x00\x00\x00"))  # both copies, always
    if script.unknown:
        parts += [tag("1F7A", b"?"), tag("FF7F", tag("DF01", b"unknown"))]
    if script.extended:
        parts.append(tag("1F7B", bytes(300)))
    return container(parts)
