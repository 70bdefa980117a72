"""What stands in front of the fields of a command: passwords, codes, texts without an id."""

from dataclasses import dataclass, field
from typing import NamedTuple

from terminals.adapters.zvt.protocol import charset as charsets
from terminals.adapters.zvt.protocol.frames import Frame
from terminals.adapters.zvt.protocol.masking import masked_bytes
from terminals.adapters.zvt.protocol.meanings import result_meaning
from terminals.adapters.zvt.protocol.messages.completion import take_apart
from terminals.adapters.zvt.protocol.messages.reading import NO_CODE
from terminals.adapters.zvt.protocol.messages.receipts import NO_ATTRIBUTE, split_line
from terminals.adapters.zvt.protocol.messages.tagged import own_container
from terminals.adapters.zvt.protocol.numbers import digits_or_hex
from terminals.adapters.zvt.protocol.words import COMMANDS, Phrase, progress, status


class Head(NamedTuple):
    """One piece without an id of its own; the names are those of `explain.Part`."""

    key: str
    name: str
    value: int | str
    title: Phrase
    meaning: Phrase | None = None


@dataclass(frozen=True, slots=True)
class Layout:
    """heads: in order; after: the bytes of fields; text: a printed line before them; rest: bytes
    of no known form."""

    heads: tuple[Head, ...] = ()
    after: bytes = field(default=b"", repr=False)
    text: bytes | None = None
    rest: bytes = field(default=b"", repr=False)
    problem: str = ""


_RESULT = Phrase("result", "Ergebnis")
_PASSWORD = Phrase("password", "Passwort")
_PASSWORD_FIRST = frozenset(
    {"0610", "0620", "0621", "0630", "0631", "0650", "0652", "0691", "0693", "0814"}
)
_OPAQUE = frozenset({"06D8", "06D9", "06DA", "06DB", "06DD", "06E4"})  # bytes of other protocols


def lay_out(frame: Frame) -> Layout:
    """The pieces of a frame up to its fields. Never raises."""
    command, data = frame.command.hex().upper(), frame.data
    if frame.is_answer:
        return _answer(frame)
    if (layout := _BY_COMMAND.get(command)) is not None:
        return layout(frame)
    if command in _PASSWORD_FIRST:
        return _passworded(data)
    is_made_of_fields = command in COMMANDS and command not in _OPAQUE
    return Layout(after=data) if is_made_of_fields else Layout(rest=data)


def _passworded(data: bytes) -> Layout:
    if len(data) < 3:
        return Layout(rest=data, problem="The password is cut off: it has 3 bytes.")
    return Layout((Head("password", "password", data[:3].hex(), _PASSWORD),), data[3:])


def _registration(frame: Frame) -> Layout:
    first = _passworded(frame.data)
    if first.problem:
        return first
    if not first.after:
        return Layout(first.heads, problem="The configuration byte is missing.")
    config, after = first.after[0], first.after[1:]
    title = Phrase("configuration", "Konfiguration")
    heads = (*first.heads, Head("config", "config_byte", f"{config:02X}", title, _config(config)))
    if len(after) >= 2:
        title = Phrase("currency", "Währung")
        heads = (*heads, Head("currency", "currency", digits_or_hex(after[:2]), title))
        after = after[2:]
    return Layout(heads, after)


def _enquiry(frame: Frame) -> Layout:
    is_passworded = len(frame.data) >= 3 and own_container(frame.data) is None
    return _passworded(frame.data) if is_passworded else Layout(after=frame.data)


def _reprint(frame: Frame) -> Layout:
    first = _passworded(frame.data)
    names = (
        ("from", Phrase("from receipt", "ab Beleg")),
        ("to", Phrase("to receipt", "bis Beleg")),
    )
    heads, after = list(first.heads), first.after
    for name, title in names:
        if len(after) >= 2:
            heads.append(Head(name, f"{name}_receipt", digits_or_hex(after[:2]), title))
            after = after[2:]
    return Layout(tuple(heads), after, rest=first.rest, problem=first.problem)


def _new_password(frame: Frame) -> Layout:
    first = _passworded(frame.data)
    if len(first.after) < 3:
        problem = "The new password is cut off: it has 3 bytes."
        return Layout(first.heads, rest=first.rest + first.after, problem=first.problem or problem)
    title = Phrase("new password", "neues Passwort")
    new = Head("new_password", "new_password", first.after[:3].hex(), title)
    return Layout((*first.heads, new), first.after[3:])


def _read_card(frame: Frame) -> Layout:
    if not frame.data:
        return Layout()
    title = Phrase("time to wait in seconds", "Wartezeit in Sekunden")
    return Layout((Head("timeout", "timeout_s", frame.data[0], title),), frame.data[1:])


def _answer(frame: Frame) -> Layout:
    heads: tuple[Head, ...] = ()
    if frame.command[0] == 0x84 and frame.command[1] != 0:
        code = frame.command[1]
        heads = (Head("error", "error_code", code, _RESULT, result_meaning(code)),)
    if not frame.data or own_container(frame.data) is not None:
        return Layout(heads, frame.data)
    if heads and frame.command[1] == 0x9D and frame.data[0] == 0x04:
        return Layout(heads, frame.data)  # goods given out in part: their amount follows
    title = Phrase("further bytes", "weitere Bytes")
    detail = Head("detail", "detail", masked_bytes(frame.data).hex().upper(), title)
    return Layout((*heads, detail))


def _intermediate(frame: Frame) -> Layout:
    if not frame.data:
        return Layout(problem=NO_CODE)
    code, after = frame.data[0], frame.data[1:]
    heads: tuple[Head, ...] = (_code("status", "intermediate_status", code, progress(code).phrase),)
    if after and own_container(after) is None:
        title = Phrase("new timeout in minutes", "neue Wartezeit in Minuten")
        heads = (*heads, Head("timeout", "timeout_min", digits_or_hex(after[:1]), title))
        after = after[1:]
    return Layout(heads, after)


def _completion(frame: Frame) -> Layout:
    pieces = take_apart(frame.data)
    heads: list[Head] = []
    if pieces.version:
        title = Phrase("version of the software", "Version der Software")
        version = charsets.decode(pieces.version.rstrip(b"\0"))
        heads.append(Head("version", "sw_version", version, title))
    if pieces.status is not None:
        heads.append(_code("status", "terminal_status", pieces.status, status(pieces.status)))
    return Layout(tuple(heads), pieces.after, rest=pieces.text)


def _abort(frame: Frame) -> Layout:
    if not frame.data:
        return Layout()
    code, after = frame.data[0], frame.data[1:]
    heads: tuple[Head, ...] = (Head("result", "result_code", code, _RESULT, result_meaning(code)),)
    if code == 0x6F and len(after) >= 2 and after[0] != 0x49:
        title = Phrase("currency", "Währung")
        heads = (*heads, Head("currency", "currency", digits_or_hex(after[:2]), title))
        after = after[2:]
    return Layout(heads, after)


def _line(frame: Frame) -> Layout:
    if not frame.data:
        return Layout(problem=NO_ATTRIBUTE)
    attribute = f"{frame.data[0]:02X}"
    title = Phrase("attribute", "Attribut")
    text, container = split_line(frame.data[1:])
    return Layout((Head("attribute", "attribute", attribute, title),), container, text)


def _code(key: str, name: str, code: int, meaning: Phrase) -> Head:
    return Head(key, name, f"{code:02X}", Phrase("code", "Code"), meaning)


def _config(config: int) -> Phrase:
    meant = [phrase for bit, phrase in _CONFIG_BITS.items() if config & bit]
    english = "; ".join(each.english for each in meant) or "terminal prints and is not locked"
    german = "; ".join(each.german for each in meant) or "Terminal druckt und ist nicht gesperrt"
    return Phrase(english, german)


_CONFIG_BITS = {
    0x02: Phrase("payment receipts by the till", "Zahlungsbelege von der Kasse"),
    0x04: Phrase("other receipts by the till", "sonstige Belege von der Kasse"),
    0x08: Phrase("intermediate states wanted", "Zwischenstatus erwünscht"),
    0x10: Phrase("payments at the terminal locked", "Zahlung am Terminal gesperrt"),
    0x20: Phrase("functions at the terminal locked", "Verwaltung am Terminal gesperrt"),
    0x80: Phrase("terminal sends the text to print", "Terminal sendet den Drucktext"),
}

_BY_COMMAND = {
    "0501": _enquiry,
    "0600": _registration,
    "0612": _reprint,
    "0695": _new_password,
    "06C0": _read_card,
    "04FF": _intermediate,
    "060F": _completion,
    "061E": _abort,
    "06D1": _line,
}
