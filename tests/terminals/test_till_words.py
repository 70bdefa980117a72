"""The register's words: German and English for everything, and no German beside the catalogue."""

import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from string import Formatter

import pytest

import terminals.till.face as till_face
from terminals.till.amounts import typed_cents
from terminals.till.formats import Formats
from terminals.till.words import catalogue, words_of

TEMPLATES = Path(till_face.__file__).parent / "templates"
ASKED = re.compile(r"""\bt\(\s*"([a-z0-9_.]+)"[,)]""")
COMMENT = re.compile(r"\{#.*?#\}", re.DOTALL)
CODE = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|<[^>]*>", re.DOTALL)
LETTERS = re.compile(r"[A-Za-zÄÖÜäöüß]{3,}")


def placeholders(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name}


def test_both_languages_say_the_same_with_the_same_values() -> None:
    differing = {name for name, (german, english) in catalogue().items()
                 if placeholders(german) != placeholders(english)}  # fmt: skip
    assert differing == set()
    assert {name for name, pair in catalogue().items() if not all(pair)} <= {"blocked.empty"}


def test_no_sentence_shouts_or_blames() -> None:
    words = re.compile(r"!|\bFehler\b|ungültig|fehlgeschlagen|\berror\b|invalid|failed\b(?! since)")
    shouting = {name for name, pair in catalogue().items() if words.search(" ".join(pair))}
    assert shouting <= {"reason.own_error", "difference.change", "difference.typing"}


def test_every_sentence_a_template_asks_for_exists() -> None:
    asked = {name for file in TEMPLATES.rglob("*.html") for name in ASKED.findall(file.read_text())}
    assert asked - catalogue().keys() == set()
    assert len(asked) > 100


def test_no_template_says_anything_by_itself() -> None:
    spoken = {
        f"{file.name}: {word}"
        for file in TEMPLATES.rglob("*.html") if file.name != "error.html"
        for word in LETTERS.findall(CODE.sub(" ", COMMENT.sub(" ", file.read_text())))
    }  # fmt: skip
    assert spoken <= {"page.html: Stadtkasse", "bar.html: Stadtkasse", "menus.html: Esc"}


def test_every_refusal_of_the_till_has_a_sentence() -> None:
    code = re.compile(r"(?:TillRefusal|saying)\(\s*\"([a-z_]+)\"")
    package = Path(till_face.__file__).parent
    raised = {name for file in package.rglob("*.py") for name in code.findall(file.read_text())}
    assert {name for name in raised if f"message.{name}" not in catalogue()} == set()


def test_an_unknown_sentence_is_a_fault() -> None:
    with pytest.raises(KeyError):
        words_of("de")("no.such")


@pytest.mark.parametrize(
    ("cents", "german", "english"),
    [(1900, "19,00\u00a0€", "€19.00"), (-150, "\u22121,50\u00a0€", "\u2212€1.50"),
     (123456, "1.234,56\u00a0€", "€1,234.56"), (0, "0,00\u00a0€", "€0.00")],
)  # fmt: skip
def test_amounts_read_as_each_language_writes_them(cents: int, german: str, english: str) -> None:
    assert Formats("de").euro(cents) == german
    assert Formats("en").euro(cents) == english


def test_days_and_times_read_as_each_language_writes_them() -> None:
    german, english = Formats("de"), Formats("en")
    assert (german.day(date(2026, 2, 7)), english.day(date(2026, 2, 7))) == (
        "07.02.2026", "7 Feb 2026")  # fmt: skip
    at = datetime(2026, 7, 1, 9, 5, tzinfo=UTC)
    assert german.clock(at) == "11:05"
    assert german.elapsed(at, at + timedelta(seconds=69)) == "1:09"
    assert german.grouped("5301004277183") == "5301 0042 7718 3"
    with pytest.raises(ValueError, match="time zone"):
        german.clock(at.replace(tzinfo=None))


@pytest.mark.parametrize(
    ("text", "cents"),
    [("20", 2000), ("12,5", 1250), ("12.50", 1250), ("0,05", 5), ("", None), ("1.234,00", None),
     ("-5", None), ("12,345", None)],
)  # fmt: skip
def test_typed_amounts_become_cents(text: str, cents: int | None) -> None:
    assert typed_cents(text) == cents
