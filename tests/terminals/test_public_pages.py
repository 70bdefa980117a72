"""Pages of text anybody may read, and the words all pages for citizens are made of."""

import re

import pytest
from flask.testing import FlaskClient

from config.app import create_app
from config.database import Database
from terminals.face.words import LANGUAGES, messages
from tests.payer_client import a_phone

PATHS = ["hilfe", "leichte-sprache", "gebaerdensprache", "barrierefreiheit", "datenschutz",
         "impressum"]  # fmt: skip


@pytest.fixture(scope="module")
def phone(module_city: Database) -> FlaskClient:
    return a_phone(create_app(database=module_city))


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_everybody_reads_them_in_both_languages(
    phone: FlaskClient, path: str, language: str
) -> None:
    answer = phone.get(f"/{path}?sprache={language}")
    text = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert f'<html lang="{language}">' in text
    assert text.count("<h1>") == 1
    assert "{" not in re.sub(r"<meta[^>]*>", "", text)  # every placeholder was filled


def test_easy_german_stays_german_for_ears(phone: FlaskClient) -> None:
    text = phone.get("/leichte-sprache?sprache=en").get_data(as_text=True)
    assert '<div class="stack stack--wide" lang="de">' in text


def test_the_imprint_is_the_citys(phone: FlaskClient) -> None:
    text = phone.get("/impressum?sprache=de").get_data(as_text=True)
    assert "52058 Aachen" in text
    assert "Telefon 115" in text


def test_both_languages_say_everything_with_the_same_values() -> None:
    german, english = (messages(language) for language in LANGUAGES)
    assert german.keys() == english.keys()
    differing = {name for name in german if _values(german[name]) != _values(english[name])}
    assert differing == set()


def _values(message: object) -> set[str]:
    forms: tuple[str, ...] = message.forms  # type: ignore[attr-defined]
    return set(re.findall(r"\{(\w+)\}", " ".join(forms)))
