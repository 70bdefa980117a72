"""What `till.toml` may say about a terminal, and what happens where it says nothing."""

from zoneinfo import ZoneInfo

import pytest

from terminals.adapters.zvt import ADAPTER
from terminals.adapters.zvt.settings import FIELDS, Settings, settings_of

DEFAULTS = {each.name: each.default for each in FIELDS if each.default is not None}


def test_the_words_of_a_file_and_the_defaults_of_the_code_agree() -> None:
    assert settings_of({**DEFAULTS, "host": "10.1.2.3"}) == Settings("10.1.2.3")


def test_a_guest_may_be_silent_for_two_minutes_by_default() -> None:
    assert Settings("terminal").silence_seconds >= 150


def test_the_known_quirks_have_their_words() -> None:
    read = settings_of(
        {
            "host": "terminal.pool", "port": "22000", "password": "123456",
            "enquiry_password": "", "registers": "no", "config_byte": "3e", "service_byte": "",
            "payment_type": "40", "charset": "latin-1", "connect_per_command": "yes",
            "answer_seconds": "0.25", "busy_codes": "9C", "zone": "Europe/Vienna",
        }
    )  # fmt: skip
    assert (read.port, read.config_byte, read.payment_type) == (22000, 0x3E, 0x40)
    assert (read.enquiry_password, read.service_byte, read.registers) == ("", None, False)
    assert (read.answer_seconds, read.busy_codes) == (0.25, {0x9C})
    assert (read.charset, read.connect_per_command) == ("latin-1", True)
    assert read.zone == ZoneInfo("Europe/Vienna")


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("host", ""), ("host", "two words"), ("port", "0"), ("port", "zvt"),
        ("password", "12345"), ("password", "12345a"), ("registers", "perhaps"),
        ("config_byte", "BEE"), ("config_byte", "XY"), ("service_byte", "1"),
        ("charset", "ebcdic"), ("answer_seconds", "soon"), ("answer_seconds", "-1"),
        ("answer_seconds", "NaN"), ("answer_seconds", "Infinity"), ("busy_codes", "9C,A0"),
        ("busy_resends", "-1"),
        ("zone", "Europe/Atlantis"), ("zone", "../etc"), ("zone", "Europe"),
    ],
)  # fmt: skip
def test_a_word_that_cannot_be_meant_is_refused_with_a_sentence(name: str, word: str) -> None:
    with pytest.raises(ValueError, match=f"{name} cannot be .* expected"):
        ADAPTER.opened({"host": "terminal", name: word})
