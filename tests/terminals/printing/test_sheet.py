"""The same receipt in a browser: all its words, nothing that a policy forbids, no way to inject."""

import re
from dataclasses import replace

import pytest

from terminals.printing.content import Code, content
from terminals.printing.receipt import Item
from terminals.printing.sheet import new_token, page, sheet, styles
from tests.terminals.printing.papers import ADDRESS, at_the_pool, in_the_office, the_slips
from tests.terminals.printing.test_content import said

CSS = "/kasse/receipt.css"


def words_of(document: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", document).replace("\u00a0", " ").split())


@pytest.mark.parametrize("draw", [sheet, page])
def test_what_is_on_paper_is_on_the_screen(draw: object) -> None:
    for receipt in (at_the_pool(), in_the_office(), *the_slips().values()):
        shown = words_of(draw(receipt, stylesheet=CSS))  # type: ignore[operator]
        codes = {block.text for block in content(receipt) if isinstance(block, Code)}
        for word in re.split(r"[|\n]", said(receipt)):
            assert word in codes or " ".join(word.split()) in shown


def test_nothing_in_it_needs_leave_of_a_security_policy() -> None:
    for draw in (sheet, page):
        document = draw(at_the_pool(), stylesheet=CSS)
        assert not re.search(
            r"<style|<script|\sstyle=|\son\w+=|https?:(?!//www\.w3\.org)", document
        )
        assert f'<link rel="stylesheet" href="{CSS}">' in document
    assert "url(" not in styles()
    assert "@import" not in styles()


def test_names_are_text_and_never_markup() -> None:
    item = Item("<script>alert(1)</script>", 100, note='"><img src=x>')
    receipt = replace(in_the_office(), items=(item,))
    document = sheet(receipt, stylesheet='"><script>')
    assert "<script>" not in document
    assert "<img" not in document


def test_the_sheet_has_the_code_and_the_page_behind_it_has_not() -> None:
    assert "<svg" in sheet(at_the_pool(), stylesheet=CSS)
    assert "<svg" not in page(at_the_pool(), stylesheet=CSS)
    assert "<svg" in page(the_slips()["pass"], stylesheet=CSS)
    assert ADDRESS not in page(at_the_pool(), stylesheet=CSS)


def test_the_document_speaks_the_receipts_language() -> None:
    assert '<html lang="en">' in page(at_the_pool(language="en"), stylesheet=CSS)
    assert '<html lang="de">' in page(at_the_pool(), stylesheet=CSS)


def test_an_address_cannot_be_guessed() -> None:
    tokens = {new_token() for _ in range(1000)}
    assert len(tokens) == 1000
    assert all(re.fullmatch(r"[0-9A-HJ-NP-X]{26}", token) for token in tokens)
