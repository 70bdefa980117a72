"""No bytes whatsoever make the protocol raise, hang, lose a byte or show a card number."""

import json
import random

from hypothesis import example, given, settings
from hypothesis import strategies as st

from terminals.adapters.zvt.protocol.explain import explain, explain_all
from terminals.adapters.zvt.protocol.frames import Assembler, encode
from terminals.adapters.zvt.protocol.masking import masked_bytes
from terminals.adapters.zvt.protocol.messages import StatusInformation, read
from tests.terminals.zvt.frames_of_our_own import FROM_TERMINALS, PAN, SECRETS
from tests.terminals.zvt.fuzzing import fuzz, mutations, survive

COMMANDS = tuple(bytes.fromhex(each) for each in (
    "040F", "04FF", "060F", "061E", "06D1", "06D3", "8000", "841E", "0501", "0600", "0601", "0612",
    "0620", "0695", "06C0", "06E0", "0814", "0FA1", "1628",
))  # fmt: skip


@settings(max_examples=1500, deadline=None)
@given(seed=st.integers(0, 2**32), cut=st.integers(0, 2**32))
def test_frames_that_are_nearly_right_end_as_values(seed: int, cut: int) -> None:
    survive(next(mutations(seed)), random.Random(cut))


@settings(max_examples=800, deadline=None)
@given(command=st.sampled_from(COMMANDS), data=st.binary(max_size=300), cut=st.integers(0, 400))
@example(b"\x06\x0f", bytes.fromhex("F0F0F3"), 0)
@example(b"\x04\x0f", bytes.fromhex("06820000"), 0)
def test_any_data_of_any_command_end_as_values(command: bytes, data: bytes, cut: int) -> None:
    survive(encode(command, data), random.Random(cut))


@settings(max_examples=400, deadline=None)
@given(raw=st.binary(max_size=60))
def test_any_bytes_end_as_values(raw: bytes) -> None:
    survive(raw, random.Random(len(raw)))


def test_a_longer_run_finds_nothing_more() -> None:
    assert fuzz(1000, seed=7) == 1000


def test_the_largest_frame_full_of_containers_is_read() -> None:
    survive(encode(b"\x06\xd3", b"\x06\x82\xff\xfb" + b"\x25\x00" * 32765 + b"\x25"),
            random.Random(1))  # fmt: skip
    survive(encode(b"\x06\xd3", b"\x06\x82\xff\x00" + b"\x24\x82\x7f\x00" * 16000),
            random.Random(1))  # fmt: skip
    survive(encode(b"\x06\xd1", b"\x40" + b"\x06" * 60000), random.Random(1))


def shown(raw: bytes) -> str:
    """Everything this package says about bytes."""
    frames = Assembler().feed(raw)
    messages = [read(each) for each in frames]
    texts = [repr(each) for each in (*frames, *messages)]
    texts += [line for each in explain_all(raw) for line in each.lines("en")]
    texts += [json.dumps(explain(raw)), masked_bytes(raw).hex(), repr(explain_all(raw))]
    for message in messages:
        if isinstance(message, StatusInformation):
            texts += [each.raw.hex() for each in (*message.fields, *message.tags)]
    return "\n".join(texts).replace(" ", "").upper()


def test_card_numbers_and_tracks_are_never_shown() -> None:
    for raw in SECRETS[:6]:
        assert PAN not in shown(raw), raw.hex()


@settings(max_examples=300, deadline=None)
@given(
    number=st.text("123456789", min_size=12, max_size=18).filter(lambda each: len(each) % 2 == 0),
    before=st.sampled_from(("", "2700", "0B000001", "FE01", "06031F4C01")),
    place=st.sampled_from(("22F0F{size}", "23F0F{size}", "2DF0F{size}", "24F0F0F{size}",
                           "061{tlv}1F080{size}", "061{tlv}1F0A0{size}")),
    cut=st.integers(0, 3),
)  # fmt: skip
def test_no_number_in_any_field_is_shown(number: str, before: str, place: str, cut: int) -> None:
    size = len(number) // 2
    head = place.replace("061{tlv}", f"06{size + 3:02X}").format(size=size)
    raw = encode(b"\x04\x0f", bytes.fromhex(before + head + number))
    said = shown(raw[: len(raw) - cut])
    assert number[:-4] not in said


def test_what_terminals_masked_keeps_its_visible_digits() -> None:
    for raw in FROM_TERMINALS:
        if b"\x22\xf0\xf8" in raw:
            assert masked_bytes(raw) == raw
