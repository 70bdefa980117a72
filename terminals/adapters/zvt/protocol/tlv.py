"""TLV objects as ZVT nests them: tags of one to several bytes, lengths high byte first.

The length of a TLV is the opposite of a frame's, whose low byte comes first.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from terminals.adapters.zvt.protocol.masking import hidden_bytes, masked_bytes

SECRET = frozenset({0x1F08, 0x1F09, 0x1F0A})  # card data: shown as length alone
LONGEST_TAG = 4  # bytes; longer ones are noise
DEEPEST = 16  # containers inside each other; real ones are three deep


class TlvTrouble(ValueError):
    """The bytes are no TLV objects; the message says why."""


@dataclass(frozen=True, slots=True)
class Tag:
    """One object. tag: its bytes as a number, 0x1F07; raw: its content, hidden where it is card
    data; children: the objects inside a constructed one, empty where the content is no TLV."""

    tag: int
    raw: bytes = field(repr=False)
    children: tuple["Tag", ...] = ()

    @property
    def name(self) -> str:
        """The tag in hex, "1F07"."""
        return self.tag_bytes.hex().upper()

    @property
    def tag_bytes(self) -> bytes:
        """The bytes of the tag."""
        return self.tag.to_bytes(max(1, (self.tag.bit_length() + 7) // 8), "big")


def parse(data: bytes) -> tuple[Tag, ...]:
    """The objects that fill `data` exactly. Raises TlvTrouble where they do not.

    A constructed object of some vendors holds plain bytes: it is kept without children.
    """
    return tuple(_objects(data, DEEPEST))


def length(data: bytes) -> tuple[int, int]:
    """(bytes that the length takes, the length) at the begin of `data`. Raises TlvTrouble."""
    if not data:
        raise TlvTrouble("a TLV length is missing")
    first = data[0]
    if first < 0x80:
        return 1, first
    count = first - 0x80
    if count not in (1, 2):
        raise TlvTrouble(f"{first:02X} begins no TLV length")
    if len(data) < 1 + count:
        raise TlvTrouble("a TLV length is cut off")
    return 1 + count, int.from_bytes(data[1 : 1 + count], "big")


def build(tags: Iterable[Tag]) -> bytes:
    """The bytes of objects, one after the other; children count, where there are any."""
    return b"".join(_built(each) for each in tags)


def encoded_length(size: int) -> bytes:
    """The shortest form of a length. Raises ValueError above 65,535."""
    if size < 0x80:
        return bytes([size])
    if size <= 0xFF:
        return bytes([0x81, size])
    if size <= 0xFFFF:
        return b"\x82" + size.to_bytes(2, "big")
    raise ValueError(f"{size} bytes are too long for a TLV object")


def constructed(tag: int, *children: Tag) -> Tag:
    """An object that holds others."""
    return Tag(tag, build(children), tuple(children))


def find(tags: Iterable[Tag], tag: int) -> Tag | None:
    """The first object with this tag, however deep it lies: devices differ in where they put it."""
    return next(find_all(tags, tag), None)


def find_all(tags: Iterable[Tag], tag: int) -> Iterator[Tag]:
    """All objects with this tag in the order of the bytes, at any depth."""
    return (each for each in walk(tags) if each.tag == tag)


def walk(tags: Iterable[Tag]) -> Iterator[Tag]:
    """Every object in the order of the bytes, an outer one before its children."""
    for each in tags:
        yield each
        yield from walk(each.children)


def raw_of(content: bytes, children: tuple[Tag, ...]) -> bytes:
    """The content of a container as it came, with what is hidden in its children hidden too."""
    if any(each.tag in SECRET for each in walk(children)):
        return build(children)
    return masked_bytes(content)


def tag_at(data: bytes, start: int = 0) -> bytes:
    """The bytes of the tag at `start`. Raises TlvTrouble where it is cut off or endless."""
    if start >= len(data):
        raise TlvTrouble("a TLV tag is missing")
    end = start + 1
    if data[start] & 0x1F == 0x1F:
        while end < len(data) and end - start < LONGEST_TAG and data[end] & 0x80:
            end += 1
        end += 1
    if end > len(data) or end - start > LONGEST_TAG:
        raise TlvTrouble("a TLV tag is cut off")
    return data[start:end]


def _objects(data: bytes, depth: int) -> Iterator[Tag]:
    position = 0
    while position < len(data):
        tag = tag_at(data, position)
        position += len(tag)
        head, size = length(data[position : position + 3])
        content = data[position + head : position + head + size]
        if len(content) < size:
            raise TlvTrouble(
                f"tag {tag.hex().upper()} announces {size} bytes, {len(content)} are left"
            )
        position += head + size
        yield _object(tag, content, depth)


def _object(tag: bytes, content: bytes, depth: int) -> Tag:
    number = int.from_bytes(tag, "big")
    if number in SECRET:
        return Tag(number, hidden_bytes(content))
    if not tag[0] & 0x20:
        return Tag(number, content)
    children = _children(content, depth)
    return Tag(number, raw_of(content, children), children)


def _children(content: bytes, depth: int) -> tuple[Tag, ...]:
    try:
        return tuple(_objects(content, depth - 1)) if depth > 0 else ()
    except TlvTrouble:
        return ()


def _built(tag: Tag) -> bytes:
    content = build(tag.children) if tag.children else tag.raw
    return tag.tag_bytes + encoded_length(len(content)) + content
