"""Which commands the terminal knows, and what it reads in them."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from terminals.simulators.zvt import administration, money
from terminals.simulators.zvt.codec import Frame, Malformed, fields, tags, value
from terminals.simulators.zvt.dialogue import Dialogue
from terminals.simulators.zvt.messages import EURO

_PASSWORD_BYTES, _CONFIG_BYTES, _CURRENCY_BYTES = 3, 1, 2


@dataclass(frozen=True, slots=True)
class Command:
    """A command that ends with 06 0F or 06 1E. on: which scripts are for it. head: bytes before
    its fields. needs: fields it must have. cures: allowed while the terminal is locked."""

    on: str
    run: Callable[[Dialogue], Awaitable[None]]
    head: int = 0
    needs: tuple[int, ...] = ()
    cures: bool = False


REGISTER, STATUS, LOG_OFF, ABORT, REPRINT = "0600", "0501", "0602", "06B0", "0612"

COMMANDS: Mapping[str, Command] = {
    REGISTER: Command("registration", administration.register, 3, cures=True),
    "0601": Command("money", money.pay, needs=(0x04,)),
    "0630": Command("money", money.reverse, 3, needs=(0x87,)),
    "0631": Command("money", money.refund, 3, needs=(0x04,)),
    "0650": Command("end_of_day", administration.end_of_day, 3, cures=True),
    "0620": Command("repeat", administration.repeat, 3),
    "0610": Command("turnover", administration.turnover, 3),
    REPRINT: Command("reprint", administration.reprint, 3),
    "0670": Command("diagnosis", administration.diagnose),
    "0623": Command("reservations", administration.reservations),
}  # fmt: skip


class Refused(Exception):
    """A request that is answered with 84: the code, and the data behind it."""

    def __init__(self, code: int, data: bytes = b"") -> None:
        super().__init__(code, data)
        self.code, self.data = code, data


def read(frame: Frame, password: str) -> dict[int, bytes]:
    """The fields of a command that `COMMANDS` knows, each number amounts and receipts need.

    Raises Refused with what the terminal answers.
    """
    command = COMMANDS[frame.control]
    if len(frame.data) < command.head:
        raise Refused(0x83)
    given = frame.data[:_PASSWORD_BYTES].hex()
    if command.head and password and given != password:
        raise Refused(0x37)
    try:
        found = _fields(frame, command.head)
        for needed in command.needs:
            value(found[needed])
        tags(found.get(0x06, b""))
    except (Malformed, KeyError):
        raise Refused(0x83) from None
    if found.get(0x49, EURO) != EURO:
        raise Refused(0x1E, b"\x6f" + EURO)
    return found


def _fields(frame: Frame, head: int) -> dict[int, bytes]:
    rest = frame.data[head:]
    if frame.control == REPRINT:
        if len(rest) not in (2, 4):
            raise Malformed("which receipts?")
        value(rest)
        return {}
    if frame.control != REGISTER:
        return fields(rest)
    if not rest:
        raise Malformed("no config byte")
    currency = rest[_CONFIG_BYTES : _CONFIG_BYTES + _CURRENCY_BYTES]
    found = fields(rest[_CONFIG_BYTES + _CURRENCY_BYTES :])
    if len(currency) == _CURRENCY_BYTES:
        found[0x49] = currency
    asked = dict(tags(found.get(0x06, b"")))
    for constructed in ("26", "27"):
        tags(asked.get(constructed, b""))
    return found
