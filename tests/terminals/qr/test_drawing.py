"""Drawn codes: a reader of other people's making reads them, and no policy can object to them."""

import re

from terminals.qr.drawing import draw, png
from tests.scanning import read_code, read_drawing
from tests.terminals.qr.codes import TEXT

ADDRESS = "https://kasse.stadt.example/beleg/0123456789ABCDEFGHJKLMNPQR"


def test_a_drawn_code_is_read_by_a_foreign_reader() -> None:
    for text in (TEXT, ADDRESS):
        assert read_code(png(text)).text == text


def test_the_svg_shows_the_same_modules_as_the_picture() -> None:
    assert read_drawing(draw(TEXT)).text == TEXT


def test_the_svg_needs_no_style() -> None:
    svg = draw(ADDRESS).decode()
    assert set(re.findall(r"</?(\w+)", svg)) == {"svg", "rect", "path"}
    assert {"style", "class"} & set(re.findall(r"(\w+)=", svg)) == set()
    assert 'role="img"' in svg


def test_a_guest_code_stays_small() -> None:
    # 120 alphanumeric letters fit version 5, 37 modules; as plain bytes it would be version 7.
    svg = draw(TEXT).decode()
    assert f'viewBox="0 0 {37 + 8} {37 + 8}"' in svg
