"""Receipt text a terminal sends in pieces, sorted into the guest's copy and the city's."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from terminals.adapters.zvt.protocol.messages import PrintBlock, PrintLine

_MERCHANT, _CUSTOMER = 1, 2
_COMPULSORY = 0x82  # bits of TLV 1F37: mandatory print, signature line

Print = PrintLine | PrintBlock
_PROBE = PrintLine(attribute=0)  # only asks whether there is a printer


@dataclass(frozen=True, slots=True)
class Slips:
    """Lines of each copy; `all_lines` in the order they came, as an end of day is printed."""

    customer: tuple[str, ...] = ()
    merchant: tuple[str, ...] = ()
    all_lines: tuple[str, ...] = ()
    must_print: bool = False


def slips_of(prints: Iterable[Print]) -> Slips:
    """The copies in what was printed. A copy that does not say whose it is: one alone is the
    guest's; of several the first is the merchant's, as terminals print by default."""
    heard = list(prints)
    copies = list(_copies(heard))
    untyped = [lines for kind, lines in copies if kind is None]
    customer = [line for kind, lines in copies if kind == _CUSTOMER for line in lines]
    merchant = [line for kind, lines in copies if kind == _MERCHANT for line in lines]
    if untyped and not customer:
        customer = untyped.pop()
    if untyped and not merchant:
        merchant = untyped[0]
    return Slips(
        customer=tuple(customer),
        merchant=tuple(merchant),
        all_lines=tuple(line for _, lines in copies for line in lines),
        must_print=any(_is_compulsory(each) for each in heard),
    )


def _copies(prints: Iterable[Print]) -> Iterator[tuple[int | None, list[str]]]:
    """(whose, lines) of each receipt; it ends where its last line says so or the holder changes."""
    kind: int | None = None
    lines: list[str] = []
    for each in prints:
        if lines and each.receipt_type is not None and kind not in (None, each.receipt_type):
            yield kind, lines
            kind, lines = None, []
        kind = each.receipt_type if each.receipt_type is not None else kind
        lines = lines + _lines(each)
        if each.is_last:
            yield kind, lines
            kind, lines = None, []
    if lines:
        yield kind, lines


def _lines(printed: Print) -> list[str]:
    if isinstance(printed, PrintBlock):
        return [line.text for line in printed.lines]
    if printed == _PROBE:
        return []
    return [""] * printed.line_feeds or [printed.text]


def _is_compulsory(printed: Print) -> bool:
    return isinstance(printed, PrintBlock) and bool((printed.receipt_info or 0) & _COMPULSORY)
