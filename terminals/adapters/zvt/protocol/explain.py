"""Any frame in words: what support staff read when a till and a terminal disagree."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from terminals.adapters.zvt.protocol import charset as charsets
from terminals.adapters.zvt.protocol import fields, frames, layouts, masking, serial, tlv, words
from terminals.adapters.zvt.protocol.field_table import FIELDS, TLV_CONTAINER
from terminals.adapters.zvt.protocol.fields import FieldValue, Totals
from terminals.adapters.zvt.protocol.frames import Frame
from terminals.adapters.zvt.protocol.meanings import field_meaning, tag_meaning
from terminals.adapters.zvt.protocol.messages.tagged import charset_for
from terminals.adapters.zvt.protocol.numbers import digits_or_hex
from terminals.adapters.zvt.protocol.tag_table import Reading, tag_name
from terminals.adapters.zvt.protocol.words import Language, Phrase

_UNKNOWN = Phrase("Unknown command", "Unbekannter Befehl")
_NOTHING = Phrase("No frame", "Keine Nachricht")


@dataclass(frozen=True, slots=True)
class Part:
    """One piece of a frame. key: its id in hex, for a tag the way to it as in "06/2F/1F12", a
    second one of the same way with "#2"; value: plain JSON; meaning: in words, where they help."""

    key: str
    name: str
    value: Any
    title: Phrase
    meaning: Phrase | None = None


@dataclass(frozen=True, slots=True)
class Explanation:
    """One frame. problem: why it is malformed, a sentence, else ""; rest: what nobody understands
    of it, card data hidden."""

    command: bytes
    name: Phrase
    parts: tuple[Part, ...] = ()
    rest: bytes = field(default=b"", repr=False)
    problem: str = ""

    @property
    def is_ok(self) -> bool:
        """Everything was understood."""
        return not self.problem and not self.rest

    def as_dict(self) -> dict[str, Any]:
        """`{"command", "name", "ok", "fields": {key: {"name", "value"}}, "rest"}`, plain JSON."""
        return {
            "command": self.command.hex().upper(),
            "name": self.name.english,
            "ok": self.is_ok,
            "fields": {each.key: {"name": each.name, "value": each.value} for each in self.parts},
            "rest": self.rest.hex().upper(),
        }

    def lines(self, language: Language) -> list[str]:
        """The frame for people, one line for each piece."""
        width = max((len(each.key) for each in self.parts), default=0)
        shown = [f"{self.command.hex(' ').upper()}  {self.name.said(language)}".strip()]
        for each in self.parts:
            meaning = f" ({each.meaning.said(language)})" if each.meaning else ""
            value = "" if isinstance(each.value, dict) else _on_one_line(each.value)
            line = f"  {each.key:<{width}}  {each.title.said(language)}: {value}{meaning}"
            shown.append(line.rstrip())
        if self.rest:
            left = Phrase("not understood", "nicht verstanden").said(language)
            shown.append(f"  {'':<{width}}  {left}: {self.rest.hex(' ').upper()}")
        return shown


def explain(raw: bytes, *, charset: str = charsets.AUTO) -> dict[str, Any]:
    """The first frame of `raw` as `Explanation.as_dict`; bytes behind it are its rest.

    Never raises: for bytes that are no whole frame "ok" is False, and all of them are the rest.
    """
    first, *others = explain_all(raw, charset=charset)
    document = first.as_dict()
    if others:
        behind = masking.masked_bytes(raw[len(_first_frame(raw)) :])
        document |= {"ok": False, "rest": document["rest"] + behind.hex().upper()}
    return document


def explain_all(raw: bytes, *, charset: str = charsets.AUTO) -> list[Explanation]:
    """Each of the frames that follow each other in `raw`, at least one explanation; the last one
    has a problem where bytes are left that are no whole frame. Never raises."""
    if serial.is_serial(raw):
        return [_explain_serial(raw, charset)]
    assembler = frames.Assembler()
    explained = [explain_frame(each, charset=charset) for each in assembler.feed(raw)]
    if assembler.pending or not explained:
        explained.append(_incomplete(assembler.pending))
    return explained


def explain_frame(frame: Frame, *, charset: str = charsets.AUTO) -> Explanation:
    """One whole frame."""
    layout = layouts.lay_out(frame)
    name = words.command(frame.command) or _UNKNOWN
    parts = [Part(*each) for each in layout.heads]
    parsed = fields.parse(layout.after, texts=charset)
    parts += _field_parts(frame.command, parsed, charset)
    if layout.text is not None:
        used = charset_for(parsed.tags, charset, layout.text)
        text = charsets.decode(layout.text, used)
        parts.insert(len(layout.heads), Part("text", "text", text, Phrase("text", "Text")))
    rest = masking.masked_bytes(layout.rest + parsed.rest)
    problem = layout.problem or parsed.problem
    return Explanation(frame.command, name, tuple(parts), rest, problem)


def _explain_serial(raw: bytes, charset: str) -> Explanation:
    block = serial.unwrap(raw)
    inner = explain_all(block.apdu, charset=charset)[0]
    problem = block.problem or inner.problem
    return Explanation(inner.command, inner.name, inner.parts, inner.rest, problem)


def _incomplete(held: bytes) -> Explanation:
    name = words.command(held[:2]) or _UNKNOWN if len(held) >= 2 else _NOTHING
    shown = masking.masked_bytes(held)
    return Explanation(held[:2], name, rest=shown, problem=frames.missing(held))


def _first_frame(raw: bytes) -> bytes:
    found = frames.Assembler().feed(raw)
    return found[0].raw if found else raw


def _field_parts(command: bytes, parsed: fields.Fields, charset: str) -> list[Part]:
    parts: list[Part] = []
    counts: dict[str, int] = {}
    used = charset_for(parsed.tags, charset)
    for each in parsed.values:
        if each.id == TLV_CONTAINER:
            parts += _tag_parts(each, used, counts)
        else:
            key = _numbered(f"{each.id:02X}", counts)
            parts.append(_field_part(command, key, each))
    return parts


def _field_part(command: bytes, key: str, given: FieldValue) -> Part:
    shape = FIELDS[given.id]
    value = given.value
    shown = _totals(value) if isinstance(value, Totals) else value
    meaning = field_meaning(command, given)
    return Part(key, given.name, shown, Phrase(shape.english, shape.german), meaning)


def _totals(totals: Totals) -> dict[str, Any]:
    return {
        "receipt_first": totals.receipt_first,
        "receipt_last": totals.receipt_last,
        "schemes": {
            each.scheme: {"count": each.count, "amount_cents": each.amount_cents}
            for each in totals.schemes
        },
    }


def _tag_parts(container: FieldValue, charset: str, counts: dict[str, int]) -> Iterator[Part]:
    tags = container.value if isinstance(container.value, tuple) else ()
    shape = FIELDS[TLV_CONTAINER]
    if not tags:
        key = _numbered("06", counts)
        yield Part(key, shape.name, "", Phrase(shape.english, shape.german))
    yield from _nested_parts("06", tags, charset, counts)


def _nested_parts(
    way: str, tags: tuple[tlv.Tag, ...], charset: str, counts: dict[str, int]
) -> Iterator[Part]:
    for each in tags:
        key = _numbered(f"{way}/{each.name}", counts)
        if each.children:
            yield from _nested_parts(key, each.children, charset, counts)
        else:
            name, _, title = tag_name(each.tag)
            yield Part(key, name, _tag_value(each, charset), title, tag_meaning(each))


def _tag_value(tag: tlv.Tag, charset: str) -> int | str:
    if tag.tag in tlv.SECRET:
        return f"({len(tag.raw)} bytes, hidden)"
    match tag_name(tag.tag).reading:
        case Reading.TEXT:
            return charsets.decode(tag.raw.rstrip(b"\0"), charset)
        case Reading.NUMBER:
            return int.from_bytes(tag.raw, "big")
        case Reading.DECIMAL:
            return digits_or_hex(tag.raw)
        case _:
            return tag.raw.hex().upper()


def _numbered(key: str, counts: dict[str, int]) -> str:
    counts[key] = counts.get(key, 0) + 1
    return key if counts[key] == 1 else f"{key}#{counts[key]}"


def _on_one_line(value: Any) -> str:
    return " / ".join(str(value).replace("\r", "\n").rstrip().split("\n"))
