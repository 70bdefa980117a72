"""The register's routes: cookie, origin, fragments, papers and error pages."""

import pytest
from flask.testing import FlaskClient

from config.site import create_site_app
from terminals.till.face import COOKIE
from tests.faces.sample_counter import SampleCounter

HERE = {"Origin": "http://localhost"}


@pytest.fixture
def counter() -> SampleCounter:
    """Answers news at once."""
    counter = SampleCounter()
    counter.closing.set()
    return counter


@pytest.fixture
def browser(counter: SampleCounter) -> FlaskClient:
    """A browser without a cookie."""
    return create_site_app(counter).test_client()


def test_an_action_answers_the_part_that_changes(browser: FlaskClient) -> None:
    part = browser.post("/kasse/do/add", data={"product": "POOL-AD"},
                        headers={**HERE, "HX-Request": "true"})  # fmt: skip
    assert part.status_code == 200
    assert "<html" not in part.text
    assert 'data-state="cart"' in part.text


def test_without_scripts_an_action_leads_back_to_the_page(browser: FlaskClient) -> None:
    answer = browser.post("/kasse/do/add", data={"product": "POOL-AD"}, headers=HERE)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/kasse/")
    assert "<html" in browser.get("/kasse/").text


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(browser: FlaskClient) -> None:
    browser.post("/kasse/do/add", data={"product": "POOL-AD"}, headers=HERE)
    cookie = browser.get_cookie(COOKIE, path="/kasse")
    assert cookie is not None
    assert (cookie.value, cookie.http_only, cookie.same_site) == ("cart.de", True, "Strict")


@pytest.mark.parametrize(
    "headers",
    [{"Origin": "https://elsewhere.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"},
     {"Sec-Fetch-Site": "same-site"}],
)  # fmt: skip
def test_another_site_cannot_tap(
    browser: FlaskClient, counter: SampleCounter, headers: dict[str, str]
) -> None:
    assert browser.post("/kasse/do/clear", headers=headers).status_code == 403
    assert counter.taps == []


def test_news_carry_the_version(browser: FlaskClient) -> None:
    assert browser.get("/kasse/news?seen=3").json == {"version": 17}
    assert browser.get("/kasse/news").status_code == 400


def test_pictures_and_receipts(browser: FlaskClient) -> None:
    picture = browser.get("/kasse/picture/receipt.svg")
    assert (picture.status_code, picture.mimetype) == (200, "image/svg+xml")
    assert browser.get("/kasse/receipt/B02-2-004711").status_code == 200
    assert browser.get("/kasse/receipt/nothing").status_code == 404


def test_every_answer_forbids_inline_scripts_and_caches(browser: FlaskClient) -> None:
    page = browser.get("/kasse/")
    assert "script-src 'self'" in page.headers["Content-Security-Policy"]
    assert page.headers["Cache-Control"] == "no-store"
    assert "<style" not in page.text
    assert " style=" not in page.text


def test_what_does_not_exist_leads_back_to_the_register(browser: FlaskClient) -> None:
    page = browser.get("/gibt-es-nicht")
    assert page.status_code == 404
    assert "Zur Kasse" in page.text
    assert browser.get("/").headers["Location"] == "/kasse/"
    assert browser.get("/healthz").json == {"status": "ok"}
