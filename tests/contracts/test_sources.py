"""What every source of files owes its callers, run over each one that `load()` finds."""

import json
import re
import tomllib
from collections.abc import Iterator
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

import reconciliation.sources
from reconciliation.sources import (
    AmbiguousFormat,
    AnySource,
    ProviderEnd,
    ProviderFile,
    ProviderLine,
    ProviderSource,
    RecordType,
    SourceError,
    StatementEnd,
    StatementEntry,
    StatementHead,
    StatementPart,
    UnknownFormat,
    UnreadableStatement,
    load,
    read_file,
    read_statements,
    unexplained_cents,
    whole_statements,
)
from reconciliation.sources.acquirer_csv.layouts import read_layout, recognised
from reconciliation.sources.acquirer_csv.reader import read_advice
from reconciliation.sources.as_json import entry_as_json, head_as_json, provider_as_json

FOLDER = Path(reconciliation.sources.__file__).parent
SAMPLES = sorted(
    path for path in FOLDER.glob("*/samples/*") if not path.name.endswith(".expected.json")
)


OF_PROVIDERS = {source.name for source in load() if isinstance(source, ProviderSource)}


def of_sample(path: Path) -> str:
    return f"{path.parts[-3]}-{path.name}"


@pytest.fixture(params=SAMPLES, ids=of_sample)
def any_sample(request: pytest.FixtureRequest) -> Path:
    path: Path = request.param
    return path


@pytest.fixture(
    params=[path for path in SAMPLES if path.parts[-3] not in OF_PROVIDERS], ids=of_sample
)
def sample(request: pytest.FixtureRequest) -> Path:
    path: Path = request.param
    return path


@pytest.fixture(params=[path for path in SAMPLES if path.parts[-3] in OF_PROVIDERS], ids=of_sample)
def advice(request: pytest.FixtureRequest) -> Path:
    path: Path = request.param
    return path


def test_every_source_has_a_folder_of_its_name_with_samples() -> None:
    names = [source.name for source in load()]

    assert len(names) == len(set(names))
    assert {path.parts[-3] for path in SAMPLES} == set(names)


def test_exactly_one_source_recognises_a_sample(any_sample: Path) -> None:
    head = any_sample.read_bytes()[: reconciliation.sources.HEAD_BYTES]

    claiming = [source.name for source in load() if source.recognises(head)]

    assert claiming == [any_sample.parts[-3]]


def test_an_advice_says_what_is_expected(advice: Path) -> None:
    expected = json.loads(advice.with_suffix(".expected.json").read_text("utf-8"))

    assert json.loads(json.dumps(provider_as_json(read_file(advice)))) == expected


def test_an_advice_is_a_head_its_lines_and_what_they_come_to(advice: Path) -> None:
    head, *lines, end = read_file(advice)

    assert isinstance(head, ProviderFile)
    assert isinstance(end, ProviderEnd)
    sums = (RecordType.BATCH, RecordType.PAYOUT)
    single = [
        line for line in lines if isinstance(line, ProviderLine) and line.record_type not in sums
    ]
    assert end.line_count == len(lines)
    assert end.net_cents == sum(line.net_cents for line in single)
    assert all(line.net_cents == line.gross_cents - line.fee_cents for line in single)
    assert len({line.txn_id for line in single}) == len(single)


def test_a_line_of_an_advice_cut_short_is_never_read(advice: Path) -> None:
    whole = advice.read_bytes().rstrip()
    with pytest.raises(UnreadableStatement):
        list(read_file(BytesIO(whole[: whole.rindex(b"\n") + 6])))


def test_an_advice_is_not_read_as_a_statement(advice: Path) -> None:
    with pytest.raises(UnknownFormat):
        list(read_statements(advice))


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


def test_reading_again_gives_the_same_parts(any_sample: Path) -> None:
    with any_sample.open("rb") as stream:
        from_stream = list(read_file(stream))

    assert from_stream == list(read_file(any_sample))


def test_a_sample_cut_short_is_never_read_to_its_end(sample: Path) -> None:
    whole = sample.read_bytes().rstrip()
    for share in range(1, 20):
        cut = BytesIO(whole[: len(whole) * share // 20])
        with pytest.raises((UnreadableStatement, UnknownFormat)):
            list(read_statements(cut))


@given(data=st.data())
def test_a_damaged_file_is_read_or_refused_and_nothing_else(data: st.DataObject) -> None:
    content = bytearray(data.draw(st.sampled_from(SAMPLES)).read_bytes())
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(content) - 1))
        content[at : at + data.draw(st.integers(0, 4))] = data.draw(st.binary(max_size=4))
    with suppress(SourceError):
        list(read_file(BytesIO(bytes(content))))


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
    both: tuple[AnySource, ...] = (*load(), Claiming())
    monkeypatch.setattr(reconciliation.sources, "load", lambda: both)

    with pytest.raises(AmbiguousFormat, match="claiming"):
        list(read_statements(sample))


def test_a_statement_that_ended_without_beginning_is_a_fault_of_its_source() -> None:
    with pytest.raises(ValueError, match="never began"):
        list(whole_statements([StatementEnd(0, 0)]))


def test_the_layout_in_the_how_to_reads_a_file_of_its_acquirer() -> None:
    how_to = (FOLDER.parents[1] / "docs/how-to/add-a-source.md").read_text("utf-8")
    [told] = re.findall(r"```toml\n(.*?)```", how_to, re.DOTALL)
    layout = read_layout("acme", tomllib.loads(told))
    content = (
        b"Merchant;ARN;Type;Sold at;Paid on;TID;Auth;Amount;Fee;Scheme fee;Currency;Payout\n"
        b"90017;7491;Sale;17.11.2026 10:41;19.11.2026;68988403;089155;1117,50;0,22;0,04;EUR;P1\n"
        b"90017;7492;Dispute;18.11.2026;19.11.2026;68988403;;37,90;20,00;;EUR;P1\n"
    )

    assert recognised(layout, content)
    head, sale, dispute, end = read_advice(BytesIO(content), layout)

    assert isinstance(head, ProviderFile)
    assert isinstance(sale, ProviderLine)
    assert isinstance(dispute, ProviderLine)
    assert (head.file_code, head.rhythm) == ("acme-90017-P1", "bank_days")
    assert (sale.gross_cents, sale.fee_cents, sale.net_cents) == (111750, 26, 111724)
    assert (sale.terminal, sale.auth_code) == ("68988403", "089155")
    assert (dispute.record_type, dispute.gross_cents, dispute.net_cents) == (
        RecordType.CHARGEBACK,
        -3790,
        -5790,
    )
    assert isinstance(end, ProviderEnd)
    assert end.net_cents == 105934
