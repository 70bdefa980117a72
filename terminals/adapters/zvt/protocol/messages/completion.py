"""06 0F, done: three shapes that only their bytes tell apart.

After a registration or a payment it carries fields, after a status enquiry `[version] status
[container]`, and some devices write plain text after commands of their own.
"""

from dataclasses import dataclass, field

from terminals.adapters.zvt.protocol import charset as charsets
from terminals.adapters.zvt.protocol import fields
from terminals.adapters.zvt.protocol.frames import Frame
from terminals.adapters.zvt.protocol.messages.answers import Completion
from terminals.adapters.zvt.protocol.messages.tagged import digits_of, display_text, own_container

# What a completion may carry as fields; anything else is a terminal's status.
_FIELDS = frozenset(
    {0x04, 0x06, 0x0B, 0x0C, 0x0D, 0x19, 0x27, 0x29, 0x2A, 0x37, 0x3C, 0x49, 0x87, 0x88, 0x8A, 0x8B}
)


@dataclass(frozen=True, slots=True)
class Pieces:
    """The shape of a completion. version, status: of a status enquiry; after: bytes of fields;
    text: bytes of no known form."""

    version: bytes = b""
    status: int | None = None
    after: bytes = field(default=b"", repr=False)
    text: bytes = field(default=b"", repr=False)


def completion(frame: Frame, charset: str) -> Completion:
    """What a completion says. A remainder is kept and not held against it: it gives the master
    right back, no more; the money is in the status information before."""
    pieces = take_apart(frame.data)
    parsed = fields.parse(pieces.after, texts=charset)
    text = parsed.text(0x3C) or display_text(parsed.tags, charset)
    if pieces.text.isascii() and pieces.text.decode("ascii").isprintable():
        text = text or pieces.text.decode("ascii")
    return Completion(
        status=pieces.status,
        terminal_id=parsed.text(0x29) or digits_of(parsed.tags, 0x1F44),
        currency=parsed.number(0x49),
        flags=parsed.number(0x19),
        result=parsed.number(0x27),
        trace=parsed.number(0x0B),
        version=charsets.decode(pieces.version.rstrip(b"\0"), charset),
        text=text,
        fields=parsed.values,
        tags=parsed.tags,
        rest=parsed.rest + pieces.text,
    )


def take_apart(data: bytes) -> Pieces:
    """The shape that fits the bytes best."""
    versioned = _version(data)
    if versioned is not None:
        version, behind = versioned
        return Pieces(version, behind[0] if behind else None, behind[1:])
    parsed = fields.parse(data)
    are_known = all(each.id in _FIELDS for each in parsed.values)
    if are_known and parsed.is_complete:
        return Pieces(after=data)
    # One byte is a status even where it equals the id of a field; so is one before a container.
    if len(data) == 1 or own_container(data[1:]) is not None:
        return Pieces(status=data[0], after=data[1:])
    return Pieces(after=data) if parsed.values and are_known else Pieces(text=data)


def _version(data: bytes) -> tuple[bytes, bytes] | None:
    """(version, what follows) where three length digits begin the data."""
    if len(data) < 3:
        return None
    try:
        end = 3 + fields.length_digits(data[:3])
    except ValueError:
        return None
    return (data[3:end], data[end:]) if end <= len(data) else None
