"""What every statement source owes its callers, run over each one that `load()` finds."""

import json
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

import pytest

import reconciliation.sources
from reconciliation.sources import (
    AmbiguousFormat,
    Source,
    StatementEnd,
    StatementEntry,
    StatementHead,
    StatementPart,
    UnknownFormat,
    UnreadableStatement,
    load,
    read_statements,
    unexplained_cents,
    whole_statements,
)
from reconciliation.sources.as_json import entry_as_json, head_as_json

FOLDER = Path(reconciliation.sources.__file__).parent
SAMPLES = sorted(
    path for path in FOLDER.glob("*/samples/*") if not path.name.endswith(".expected.json")
)


@pytest.fixture(params=SAMPLES, ids=lambda path: f"{path.parts[-3]}-{path.name}")
def sample(request: pytest.FixtureRequest) -> Path:
    path: Path = request.param
    return path


def test_every_folder_is_a_source_of_its_name_with_samples() -> None:
    folders = {path.parent.name for path in FOLDER.glob("*/__init__.py")}

    assert {source.name for source in load()} == folders
    assert {path.parts[-3] for path in SAMPLES} == folders


def test_exactly_one_source_recognises_a_sample(sample: Path) -> None:
    head = sample.read_bytes()[: reconciliation.sources.HEAD_BYTES]

    claiming = [source.name for source in load() if source.recognises(head)]

    assert claiming == [sample.parts[-3]]


def test_a_sample_says_what_is_expected(sample: Path) -> None:
    expected = json.loads(sample.with_suffix(".expected.json").read_text("utf-8"))

    found = [
        {
            **head_as_json(whole.head, whole.end),
            "entries": [entry_as_json(entry) for entry in whole.entries],
        }
        for whole in whole_statements(read_statements(sample))
    ]

    assert found == expected


def test_opening_and_entries_make_the_closing_balance(sample: Path) -> None:
    for whole in whole_statements(read_statements(sample)):
        known = (whole.head.opening_cents, whole.end.closing_cents)
        assert unexplained_cents(whole.head, whole.end) == (None if None in known else 0)
        assert whole.end.entry_count == len(whole.entries)


def test_parts_come_in_order_and_entries_are_numbered(sample: Path) -> None:
    ordinal: int | None = None
    for part in read_statements(sample):
        match part:
            case StatementHead():
                assert ordinal is None
                ordinal = 0
            case StatementEntry():
                assert ordinal is not None
                assert part.ordinal == ordinal + 1
                ordinal = part.ordinal
            case StatementEnd():
                assert ordinal == part.entry_count
                ordinal = None
    assert ordinal is None


def test_reading_again_gives_the_same_parts(sample: Path) -> None:
    with sample.open("rb") as stream:
        from_stream = list(read_statements(stream))

    assert from_stream == list(read_statements(sample))


def test_a_sample_cut_short_is_never_read_to_its_end(sample: Path) -> None:
    whole = sample.read_bytes().rstrip()
    for share in range(1, 20):
        cut = BytesIO(whole[: len(whole) * share // 20])
        with pytest.raises((UnreadableStatement, UnknownFormat)):
            list(read_statements(cut))


class Claiming:
    """A source that takes every file that has anything in it."""

    name = "claiming"

    def recognises(self, head: bytes) -> bool:
        return bool(head)

    def read(self, stream: BinaryIO) -> Iterator[StatementPart]:
        yield StatementHead(stream.read().decode())


def test_a_file_two_sources_claim_is_read_by_neither(
    sample: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    both: tuple[Source, ...] = (*load(), Claiming())
    monkeypatch.setattr(reconciliation.sources, "load", lambda: both)

    with pytest.raises(AmbiguousFormat, match="claiming"):
        list(read_statements(sample))


def test_a_statement_that_ended_without_beginning_is_a_fault_of_its_source() -> None:
    with pytest.raises(ValueError, match="never began"):
        list(whole_statements([StatementEnd(0, 0)]))
