"""What every way to take a card owes the till, run over each one that `load()` finds."""

import socket
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest

import terminals.adapters
from terminals.adapters import (
    Adapter,
    Approved,
    Declined,
    Direction,
    Evidence,
    Kind,
    News,
    NotSettled,
    Order,
    Readiness,
    Unknown,
    Verdict,
    load,
)
from terminals.till.devices_file import read_devices

ROOT = Path(__file__).parents[2]
ADAPTERS = load()
every = pytest.mark.parametrize("adapter", ADAPTERS.values(), ids=ADAPTERS.keys())


@dataclass(frozen=True)
class Forgetful:
    """A recorder that keeps nothing: these devices say nothing."""

    def frame(self, direction: Direction, data: bytes) -> None:
        assert data or direction

    def saw(self, news: News) -> None:
        assert news.step

    def claims(self, evidence: Evidence) -> None:
        raise AssertionError(f"nobody can have said {evidence}")


def test_the_adapters_of_the_house_are_found() -> None:
    assert "zvt" in ADAPTERS


@every
def test_an_adapter_is_found_by_its_own_name_and_says_what_it_is(adapter: Adapter) -> None:
    assert load()[adapter.name] is adapter
    assert adapter.title


@every
def test_every_setting_is_documented_once(adapter: Adapter) -> None:
    names = [each.name for each in adapter.fields]
    assert len(set(names)) == len(names)
    assert all(each.meaning and each.name.isidentifier() for each in adapter.fields)


@every
def test_an_unknown_setting_is_refused_with_a_sentence(adapter: Adapter) -> None:
    with pytest.raises(ValueError, match="no_such_setting"):
        adapter.opened({**needed(adapter), "no_such_setting": "1"})


@every
def test_a_missing_setting_is_refused_by_its_name(adapter: Adapter) -> None:
    for each in adapter.fields:
        if each.default is None:
            given = {name: value for name, value in needed(adapter).items() if name != each.name}
            with pytest.raises(ValueError, match=each.name):
                adapter.opened(given)


@every
def test_a_device_that_cannot_be_reached_is_a_value(adapter: Adapter) -> None:
    device = adapter.opened(needed(adapter))
    never = threading.Event()
    for kind in KINDS:
        performed = device.perform(an_order(kind), Forgetful(), never)
        # Where not one byte of the order has left, Declined is as certain.
        assert isinstance(performed, Unknown | Declined)
        assert performed.reason in ("unreachable", "no_connection")
        resolved = device.resolve(an_order(kind), Forgetful())
        assert resolved == Unknown("unreachable", getattr(resolved, "code", ""))
    assert isinstance(device.settle(Forgetful()), NotSettled)
    readiness = device.check(Forgetful())
    assert isinstance(readiness, Readiness)
    assert readiness.state == "unreachable"
    device.close()
    device.close()  # twice does no harm


@every
def test_a_device_may_be_closed_before_it_was_used(adapter: Adapter) -> None:
    adapter.opened(needed(adapter)).close()


@every
def test_a_wish_to_cancel_that_was_there_first_charges_nobody(adapter: Adapter) -> None:
    device, wish = adapter.opened(needed(adapter)), threading.Event()
    wish.set()
    assert not isinstance(device.perform(an_order("payment"), Forgetful(), wish), Approved)
    device.close()


KINDS: tuple[Kind, ...] = ("payment", "reversal", "refund")


def an_order(kind: Kind) -> Order:
    paid = Evidence(number="000011", receipt="0011", amount_cents=1050, way="girocard")
    return Order(
        key=uuid4(), kind=kind, amount_cents=1050, terminal="B01-1",
        started_at=datetime.now(UTC), original=None if kind == "payment" else paid,
    )  # fmt: skip


def needed(adapter: Adapter) -> Mapping[str, str]:
    """Settings of a device that is not there, at a port of this machine where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        port = str(nobody.getsockname()[1])
    known = {
        "stripe_terminal": {
            "reader": "tmr_nobody", "api_key": "sk_test_nobody",
            "address": f"http://127.0.0.1:{port}", "answer_seconds": "1",
        },
    }  # fmt: skip
    return known.get(adapter.name, {"host": "127.0.0.1", "port": port})


@pytest.fixture
def more_adapters(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder in which further adapters are found."""
    found = [*terminals.adapters.__path__, str(tmp_path)]
    monkeypatch.setattr(terminals.adapters, "__path__", found)
    load.cache_clear()
    yield tmp_path
    load.cache_clear()
    del sys.modules["terminals.adapters.acme"]
    vars(terminals.adapters).pop("acme", None)


def test_the_how_to_page_leads_to_an_adapter_that_takes_cards(more_adapters: Path) -> None:
    blocks = _blocks(ROOT / "docs/how-to/add-a-terminal-adapter.md")
    (more_adapters / "acme").mkdir()
    (more_adapters / "acme/__init__.py").write_text(blocks["python"], "utf-8")
    (more_adapters / "till.toml").write_text(blocks["toml"], "utf-8")
    assert read_devices(more_adapters / "till.toml").terminals["B01-1"].adapter == "acme"
    promises = _contract()
    assert len(promises) >= 7
    for promise in promises:
        promise(load()["acme"])
    said = {b"paid 17\n": "17", b"unpaid\n": "bank", b"paid 1": "unreachable"}
    for answer, outcome in said.items():
        assert _heard(load()["acme"], answer) == outcome


def _heard(adapter: Adapter, answer: bytes) -> str:
    """What a payment comes to at a reader that says just this; its journal is complete then."""
    recorder, order = Remembering(), an_order("payment")
    with _a_reader_that_says(answer) as port:
        device = adapter.opened({"host": "127.0.0.1", "port": port})
        verdict: Verdict = device.perform(order, recorder, threading.Event())
        device.close()
    assert str(order.key).encode() in recorder.frames[0]
    assert recorder.frames[1] == answer
    if isinstance(verdict, Approved):
        assert recorder.claimed == [verdict.evidence]
        return verdict.evidence.number
    return verdict.reason if isinstance(verdict, Declined | Unknown) else verdict.by


@dataclass(frozen=True)
class Remembering:
    """A recorder that keeps what a till would."""

    frames: list[bytes] = field(default_factory=list)
    claimed: list[Evidence] = field(default_factory=list)

    def frame(self, direction: Direction, data: bytes) -> None:
        assert direction == ("received" if self.frames else "sent")
        self.frames.append(data)

    def saw(self, news: News) -> None:
        raise AssertionError(f"this reader shows nothing: {news}")

    def claims(self, evidence: Evidence) -> None:
        self.claimed.append(evidence)


@contextmanager
def _a_reader_that_says(answer: bytes) -> Iterator[str]:
    """A reader with one answer for one question; its port."""
    with socket.create_server(("127.0.0.1", 0)) as reader:

        def serve() -> None:
            line, _ = reader.accept()
            with line:
                assert line.recv(1000)
                line.sendall(answer)

        thread = threading.Thread(target=serve)
        thread.start()
        yield str(reader.getsockname()[1])
        thread.join()


def _contract() -> list[Callable[[Adapter], None]]:
    """The tests above that run over every adapter."""
    return [each for each in globals().values() if every.mark in getattr(each, "pytestmark", ())]


def _blocks(page: Path) -> dict[str, str]:
    """The code blocks of a page by their language."""
    parts = page.read_text("utf-8").split("```")[1::2]
    return {part.partition("\n")[0]: part.partition("\n")[2] for part in parts}
