"""Opening a Stripe reader from its settings, and asking how it is."""

from pathlib import Path

import pytest

from terminals.adapters import News, NotSettled, Readiness
from terminals.adapters.stripe_terminal import ADAPTER
from terminals.adapters.stripe_terminal.settings import STRIPE
from terminals.simulators.stripe import LOCATION, READER, Simulator
from tests.terminals.stripe_terminal.counter import KEY, Journal, a_reader, an_order, perform

GIVEN = {"reader": READER, "api_key": KEY}


def test_the_real_stripe_is_the_default() -> None:
    address = next(field for field in ADAPTER.fields if field.name == "address")
    assert address.default == STRIPE == "https://api.stripe.com"
    ADAPTER.opened(GIVEN).close()


def test_a_key_may_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TILL_STRIPE_KEY", "rk_live_1")
    ADAPTER.opened(GIVEN | {"api_key": "TILL_STRIPE_KEY"}).close()


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"api_key": "NO_SUCH_VARIABLE"}, "api_key"),
        ({"api_key": " sk_test_pasted"}, "api_key"),
        ({"reader": "Kasse 1"}, "tmr_"),
        ({"address": "http://stripe.example"}, "https"),
        ({"address": "api.stripe.com"}, "https"),
        ({"patience_seconds": "0"}, "patience_seconds"),
        ({"poll_milliseconds": "soon"}, "poll_milliseconds"),
        ({"answer_seconds": "81"}, "answer_seconds"),
        ({"wifi": "1"}, "wifi"),
    ],
)
def test_a_setting_that_cannot_be_meant_is_named(changed: dict[str, str], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence) as refused:
        ADAPTER.opened(GIVEN | changed)
    assert "sk_test" not in str(refused.value)


def test_a_reader_is_ready(stripe: Simulator) -> None:
    assert _check(stripe) == Readiness("ready", "Kasse 1")
    assert _check(stripe, location=LOCATION) == Readiness("ready", "Kasse 1")


def test_a_reader_is_not_ready(stripe: Simulator) -> None:
    assert _check(stripe, location="tml_elsewhere").state == "out_of_order"
    assert _check(stripe, reader="tmr_elsewhere").state == "out_of_order"
    assert _check(stripe, api_key="sk_live_wrong").state == "out_of_order"
    stripe.set_reader("offline")
    assert _check(stripe) == Readiness("unreachable", "offline")
    stripe.fault("server_error")
    assert _check(stripe) == Readiness("unreachable", "http_500")
    assert _check(stripe, address="http://127.0.0.1:9").state == "unreachable"


def test_a_reader_at_work_is_busy(stripe: Simulator) -> None:
    seen: list[Readiness] = []

    class InTheMiddle(Journal):
        def saw(self, news: News) -> None:
            super().saw(news)
            seen.append(_check(stripe))

    stripe.next_guest(looks=3)
    perform(stripe, an_order(), InTheMiddle())
    assert Readiness("busy", "process_payment_intent") in seen


def test_there_is_no_end_of_day(stripe: Simulator) -> None:
    with a_reader(stripe) as device:
        assert device.settle(Journal()) == NotSettled("not_possible")
    assert stripe.calls == ()


def test_the_adapter_writes_its_key_nowhere() -> None:
    device = ADAPTER.opened(GIVEN)
    assert KEY not in repr(vars(device).get("_settings"))
    device.close()


def test_the_adapter_knows_no_simulator() -> None:
    folder = Path(__file__).parents[3] / "terminals" / "adapters" / "stripe_terminal"
    sources = [file.read_text(encoding="utf-8") for file in folder.glob("*.py")]
    assert sources
    assert not any("terminals.simulators" in source for source in sources)


def _check(stripe: Simulator, **settings: str) -> Readiness:
    with a_reader(stripe, **settings) as device:
        return device.check(Journal())
