"""Frames that are nearly right: the worst a parser meets; for the tests and for longer runs.

Example: python -m tests.terminals.zvt.fuzzing 100000
"""

import json
import random
import sys
import time
from collections.abc import Iterator

from terminals.adapters.zvt.protocol import charset
from terminals.adapters.zvt.protocol.explain import explain, explain_all
from terminals.adapters.zvt.protocol.frames import Assembler
from terminals.adapters.zvt.protocol.masking import masked_bytes
from terminals.adapters.zvt.protocol.messages import (
    Abort,
    Ack,
    Completion,
    IntermediateStatus,
    Malformed,
    PrintBlock,
    PrintLine,
    Refuse,
    StatusInformation,
    Unsupported,
    read,
)
from tests.terminals.zvt.frames_of_our_own import FROM_TERMINALS, SECRETS

VALUES = (
    Abort, Ack, Completion, IntermediateStatus, Malformed, PrintBlock, PrintLine, Refuse,
    StatusInformation, Unsupported,
)  # fmt: skip
TELLING = bytes.fromhex("00 06 10 1F 22 24 25 27 2F 3C 60 7F 80 81 82 83 F0 F1 F9 FF")


def survive(raw: bytes, cuts: random.Random) -> None:
    """Put bytes through everything that reads bytes. Raises AssertionError, or whatever broke."""
    whole, pieces = Assembler(), Assembler()
    frames = whole.feed(raw)
    assert b"".join(each.raw for each in frames) + whole.pending == raw
    middle = cuts.randint(0, len(raw))
    assert [*pieces.feed(raw[:middle]), *pieces.feed(raw[middle:])] == frames
    assert pieces.pending == whole.pending
    for frame in frames:
        for texts in charset.CHARSETS:
            message = read(frame, charset=texts)
            assert isinstance(message, VALUES)
            assert repr(message)
    assert len(masked_bytes(raw)) == len(raw)
    assert masked_bytes(masked_bytes(raw)) is not None
    assert set(json.loads(json.dumps(explain(raw)))) == {
        "command", "name", "ok", "fields", "rest"
    }  # fmt: skip
    for each in explain_all(raw):
        assert each.lines("en")
        assert each.lines("de")
        assert each.is_ok or each.problem or each.rest


def mutations(seed: int) -> Iterator[bytes]:
    """Endless broken frames, the same for the same seed: bytes changed, cut, doubled and moved."""
    chance = random.Random(seed)
    seeds = (*FROM_TERMINALS, *SECRETS)
    while True:
        raw = bytearray(chance.choice(seeds))
        for _ in range(chance.randint(1, 6)):
            _mutate(raw, chance, seeds)
        if chance.random() < 0.5 and len(raw) > 3:
            # With a length that fits again, so that the fault reaches the fields.
            raw[2:] = bytes([0xFF, *(len(raw) - 3).to_bytes(2, "little"), *raw[3:]])
        yield bytes(raw)


def fuzz(count: int, *, seed: int = 0) -> int:
    """Put `count` broken frames through everything; returns their number, raises at a fault."""
    cuts = random.Random(seed)
    for number, raw in enumerate(mutations(seed), start=1):
        survive(raw, cuts)
        if number >= count:
            break
    return count


def _mutate(raw: bytearray, chance: random.Random, seeds: tuple[bytes, ...]) -> None:
    place = chance.randint(0, len(raw))
    match chance.randint(0, 6):
        case 0:
            raw[place : place + 1] = bytes([chance.choice(TELLING)])
        case 1:
            raw[place : place + 1] = bytes([chance.randint(0, 255)])
        case 2:
            del raw[place : place + chance.randint(1, 8)]
        case 3:
            raw[place:place] = bytes(chance.choices(TELLING, k=chance.randint(1, 4)))
        case 4:
            raw[place:place] = raw[place : place + chance.randint(1, 40)]
        case 5:
            other = chance.choice(seeds)
            raw[place:] = other[chance.randint(0, len(other)) :]
        case _:
            if raw:
                raw[min(place, len(raw) - 1)] ^= 1 << chance.randint(0, 7)


def run(count: int, *, seed: int) -> None:
    """Put `count` broken frames through everything and tell how fast that was."""
    print(f"{count:,} mutated ZVT frames, seed {seed}", flush=True)  # before one of them crashes
    cuts, frames, slowest = random.Random(seed), mutations(seed), 0
    started = time.perf_counter_ns()
    for _ in range(count):
        begun = time.perf_counter_ns()
        survive(next(frames), cuts)
        slowest = max(slowest, time.perf_counter_ns() - begun)
    rate = count * 1e9 / (time.perf_counter_ns() - started)
    print(f"no crash, no hang: {rate:,.0f} frames/s, the slowest in {slowest / 1e6:.1f} ms")


if __name__ == "__main__":
    run(int(sys.argv[1]), seed=random.SystemRandom().getrandbits(32))
