"""The collection of byte strings of other people, where it is at hand."""

import json
from pathlib import Path
from typing import Any

import pytest

from terminals.adapters.zvt.protocol.explain import Explanation, explain_all
from terminals.adapters.zvt.protocol.frames import Assembler, Frame, encode

FILE = Path(__file__).parents[4] / "shared" / "reference" / "zvt" / "vectors.json"
COLLECTION: dict[str, Any] = (
    json.loads(FILE.read_text(encoding="utf-8"))
    if FILE.exists()
    else {"vectors": [], "sequences": [], "primitives": []}
)
VECTORS = {each["id"]: each for each in COLLECTION["vectors"]}
WELL_FORMED = [key for key, each in VECTORS.items() if each["well_formed"]]
needs_collection = pytest.mark.skipif(not VECTORS, reason="the collection is not here")


def raw_of(vector: dict[str, Any]) -> bytes:
    raw = bytes.fromhex(vector.get("apdu") or vector["hex"])
    if "malformed_lengths" in vector.get("flags", []) or vector["id"] == "V138":
        return encode(raw[:2], raw[3:])  # its source tests the data alone, or miscounts them
    return raw


def explained(vector: dict[str, Any]) -> Explanation:
    return explain_all(raw_of(vector))[0]


def one_frame(raw: bytes) -> Frame:
    (frame,) = Assembler().feed(raw)
    return frame
