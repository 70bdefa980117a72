"""What the bytes of the simulated ZVT terminal look like on the wire."""

from collections.abc import Iterator

import pytest

from terminals.simulators.zvt import Simulator
from terminals.simulators.zvt.codec import (
    Assembler,
    Malformed,
    container,
    encode,
    fields,
    tag,
    tags,
    value,
)
from tests.terminals.simulators.raw_register import (
    ACK,
    PAY_1050,
    REGISTER_BLOCKS,
    STATUS,
    RawRegister,
    registered,
)


@pytest.fixture
def terminal() -> Iterator[Simulator]:
    with Simulator(seed=7) as terminal:
        yield terminal


@pytest.mark.parametrize("framing", ["whole", "chunks", "coalesced", "mixed"])
def test_a_payment_ends_well_in_any_shape(terminal: Simulator, framing: str) -> None:
    terminal.set(framing=framing)
    with registered(terminal.port, REGISTER_BLOCKS) as register:
        for _ in range(5):
            assert register.run(PAY_1050)[-1] == "060F00"
            assert terminal.settled()
    assert [each.state for each in terminal.ledger] == ["approved"] * 5


def test_messages_come_in_pieces(terminal: Simulator) -> None:
    with registered(terminal.port) as register:
        pieces = 0
        for _ in range(30):
            register.send(STATUS)
            heard = b""
            while len(heard) < len(bytes.fromhex(ACK + "060F0100")):
                heard += register.socket.recv(100)
                pieces += 1
            assert heard.hex().upper() == ACK + "060F0100"
            register.ack()
    assert pieces > 30


def test_an_answer_and_the_next_command_come_in_one_piece(terminal: Simulator) -> None:
    terminal.set(framing="coalesced")
    with registered(terminal.port) as register:
        register.send(PAY_1050)
        heard = register.socket.recv(100).hex().upper()
        assert heard.startswith(ACK + "04FF")


def test_an_answer_without_company_leaves_alone(terminal: Simulator) -> None:
    terminal.set(framing="coalesced", pace=1)
    with registered(terminal.port, "060006000000360978") as register:  # no news: silence follows
        register.send(PAY_1050)
        assert register.socket.recv(100).hex().upper() == ACK


def test_a_command_may_come_in_one_piece_with_the_answer_before(terminal: Simulator) -> None:
    with registered(terminal.port) as register:
        for _ in range(20):
            register.send(PAY_1050)
            register.until("060F")
            register.send(ACK + STATUS)
            assert [register.frame(), register.frame()] == [ACK, "060F0100"]
            register.ack()


def test_a_command_may_come_byte_by_byte(terminal: Simulator) -> None:
    with RawRegister(terminal.port) as register:
        for byte in bytes.fromhex(STATUS):
            register.send(f"{byte:02X}")
        assert [register.frame(), register.frame()] == [ACK, "060F0100"]
        register.ack()


def test_a_command_may_be_written_with_a_long_length(terminal: Simulator) -> None:
    with RawRegister(terminal.port) as register:
        assert register.run("0600FF06000000003E0978")[-1].startswith("060F")


def test_lengths_may_be_long(terminal: Simulator) -> None:
    terminal.next("extended_length")
    with registered(terminal.port) as register:
        frames = register.run(PAY_1050)
    news, result, end = frames[1], frames[-2], frames[-1]
    assert news.startswith("04FFFF")
    assert result.startswith("040FFF")
    size = int.from_bytes(bytes.fromhex(result[6:10]), "little")
    assert size == len(result) // 2 - 5 > 300
    assert end == "060FFF0000"


def test_the_length_of_a_message_has_its_low_byte_first() -> None:
    assert encode("06D1", bytes(254))[:3].hex() == "06d1fe"
    assert encode("06D1", bytes(255))[:5].hex() == "06d1ffff00"
    assert encode("06D1", bytes(258))[:5].hex() == "06d1ff0201"


def test_the_length_of_a_tag_has_its_high_byte_first() -> None:
    assert tag("07", bytes(127))[:2].hex() == "077f"
    assert tag("07", bytes(128))[:3].hex() == "078180"
    assert tag("07", bytes(258))[:4].hex() == "07820102"
    inside = tag("1F07", b"\x01") + tag("FF7F", bytes(300))
    assert tags(inside) == [("1F07", b"\x01"), ("FF7F", bytes(300))]
    assert container([inside])[:1] == b"\x06"


def test_fields_of_a_request_are_found_by_their_lengths() -> None:
    request = bytes.fromhex("0400000000105049097822F0F2 12343CF0F0F3 4142430603 120124")
    found = fields(request)
    assert {number: content.hex() for number, content in found.items()} == {
        0x04: "000000001050", 0x49: "0978", 0x22: "1234", 0x3C: "414243", 0x06: "120124",
    }  # fmt: skip
    assert value(found[0x04]) == 1050


@pytest.mark.parametrize(
    "words", ["0400", "99", "22F0", "221234", "3CF0F0F9 00", "06", "0680", "068201", "0605 00"]
)
def test_what_is_cut_off_or_unknown_is_malformed(words: str) -> None:
    with pytest.raises(Malformed):
        fields(bytes.fromhex(words))


@pytest.mark.parametrize("words", ["1F", "0783000000", "070241", "0782"])
def test_tags_that_are_cut_off_are_malformed(words: str) -> None:
    with pytest.raises(Malformed):
        tags(bytes.fromhex(words))


def test_digits_that_are_none_are_malformed() -> None:
    with pytest.raises(Malformed):
        value(b"\x1a")


def test_an_assembler_makes_frames_of_any_bytes() -> None:
    assembler = Assembler()
    whole = encode("0601", b"abc") + encode("06D3", bytes(300)) + encode("8000")
    frames = [frame for frame in map(assembler.push, whole) if frame]
    assert [frame.control for frame in frames] == ["0601", "06D3", "8000"]
    assert [len(frame.data) for frame in frames] == [3, 300, 0]
    assert [frame.is_answer for frame in frames] == [False, False, True]
