"""Every part of the citizens' pages in a browser: phones, large screens, light, dark, small."""

from collections.abc import Iterator

import pytest

from tests.faces.conftest import View, Window, served
from tests.faces.every_page import (  # noqa: F401 - these are the tests
    test_no_accessibility_rule_is_broken,
    test_the_browser_has_nothing_to_complain_about,
    test_the_page_never_scrolls_sideways,
)
from tests.faces.face_stand import DESK, PHONE, SMALL, look_at
from tests.faces.sample_face import sample_app

LOOKS = [("light", PHONE), ("dark", PHONE), ("light", DESK), ("light", SMALL)]


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with served(sample_app()) as root:
        yield f"{root}/sample"


@pytest.fixture(scope="module", params=LOOKS, ids=lambda look: f"{look[0]}-{look[1]}")
def view(window: Window, address: str, request: pytest.FixtureRequest) -> Iterator[View]:
    """Every look, opened once."""
    theme, width = request.param
    with look_at(window, address, theme=theme, width=width) as view:
        yield View(view.page, list(view.complaints))  # the rule checker may add its own


SMALL_TARGETS = """() => {
  const fingers = document.querySelectorAll('a, button, input:not([type=hidden]), summary');
  const box = (each) => (each.closest('label') ?? each).getBoundingClientRect();
  return [...fingers]
    .filter((each) => !each.classList.contains('skip') && each.checkVisibility())
    .filter((each) => box(each).width && Math.min(box(each).height, box(each).width) < 43.9)
    .map((each) => each.outerHTML.slice(0, 80));
}"""


def test_a_finger_hits_everything_it_is_meant_for(view: View) -> None:
    assert view.page.evaluate(SMALL_TARGETS) == []
