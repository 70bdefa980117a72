"""The shell around every page: headers, assets, error pages, and nothing inline anywhere."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask, abort
from flask.testing import FlaskClient
from lxml import html

from config.app import create_app
from config.web import assets
from config.web.assets import AssetsMissing
from tests.faces.sample_api import SPEC
from tests.faces.sample_city import empty_page, sample_page

PAGES = ("/", "/api/v1/", "/gibt-es-nicht")


@pytest.fixture(scope="module")
def app() -> Flask:
    page = sample_page()
    return create_app(city_page=lambda: page, api_spec=lambda: SPEC)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.mark.parametrize("path", [*PAGES, "/healthz"])
def test_every_answer_allows_only_what_we_serve_ourselves(client: FlaskClient, path: str) -> None:
    headers = client.get(path).headers
    policy = dict(rule.split(" ", 1) for rule in headers["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == "'self'"
    assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]
    assert headers["Cache-Control"] == "no-store"


def test_https_is_promised_only_where_it_is_spoken(client: FlaskClient) -> None:
    plain = client.get("/healthz")
    secure = client.get("/healthz", base_url="https://localhost")
    assert "Strict-Transport-Security" not in plain.headers
    assert secure.headers["Strict-Transport-Security"].startswith("max-age=63072000")


@pytest.mark.parametrize("path", PAGES)
def test_no_page_carries_inline_code_or_style(client: FlaskClient, path: str) -> None:
    document = html.fromstring(client.get(path).text)
    assert document.xpath("//style | //*[@style] | //script[not(@src)] | //script[text()]") == []
    handlers = [name for name in document.xpath("//@*") if name.attrname.startswith("on")]
    assert handlers == []
    assert "javascript:" not in client.get(path).text


@pytest.mark.parametrize("path", PAGES)
def test_ids_are_unique_and_every_reference_to_one_is_right(client: FlaskClient, path: str) -> None:
    document = html.fromstring(client.get(path).text)
    ids = document.xpath("//@id")
    assert len(ids) == len(set(ids))
    named = [
        *" ".join(document.xpath("//@aria-labelledby | //@aria-controls")).split(),
        *document.xpath("//@data-table"),
        *(link.removeprefix("#") for link in document.xpath("//a/@href") if link[0] == "#"),
    ]
    assert set(named) <= set(ids)


def test_the_navigation_leads_to_places_that_exist(client: FlaskClient) -> None:
    document = html.fromstring(client.get("/").text)
    links = document.xpath("//nav//a/@href")
    assert {"/", "/#salden", "/api/v1/"} <= set(links)
    for link in links:
        path, _, part = link.partition("#")
        answer = client.get(path)
        assert answer.status_code == 200
        assert not part or html.fromstring(answer.text).xpath(f"//*[@id='{part}']")


def test_every_asset_a_page_needs_is_there_and_kept_for_a_year(client: FlaskClient) -> None:
    document = html.fromstring(client.get("/").text)
    addresses = document.xpath("//link/@href | //script/@src")
    found = [(address, client.get(address, buffered=True)) for address in addresses]
    found += list(_imported(client, document.xpath("//link[@rel='stylesheet']/@href")[0]))
    assert len(found) > 15
    for address, answer in found:
        assert answer.status_code == 200, address
        assert "immutable" in answer.headers["Cache-Control"], address
    types = {Path(address).suffix: answer.mimetype for address, answer in found}
    assert types[".css"] == "text/css"
    assert types[".js"] == "text/javascript"
    assert types[".woff2"] == "font/woff2"


def _imported(client: FlaskClient, sheet: str) -> Iterator[tuple[str, object]]:
    answer = client.get(sheet, buffered=True)
    yield sheet, answer
    for name in re.findall(r'url\("?(?!data:)([^")]+)"?\)', answer.text):
        address = (Path(sheet).parent / name).as_posix()
        while "/../" in address:
            address = re.sub(r"/[^/.]+/\.\./", "/", address, count=1)
        if address.endswith(".css"):
            yield from _imported(client, address)
        else:
            yield address, client.get(address, buffered=True)


def test_an_old_version_of_an_asset_is_not_kept(client: FlaskClient) -> None:
    answer = client.get("/assets/0123456789ab/static/css/app.css", buffered=True)
    assert answer.headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize(
    "address", ["/assets/x/static/../app.py", "/assets/x/templates/base.html", "/assets/x/vendor/"]
)
def test_nothing_but_assets_is_served_as_an_asset(client: FlaskClient, address: str) -> None:
    assert client.get(address).status_code == 404


def test_missing_assets_stop_the_start_with_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(AssetsMissing, match=r"^The browser assets are missing .* `pip install"):
        assets.check(tmp_path)


def test_assets_older_than_the_lock_stop_the_start(tmp_path: Path) -> None:
    (tmp_path / "vendor").mkdir()
    (tmp_path / "vendor" / "package-lock.sha256").write_text("0" * 64)
    (tmp_path / "package-lock.json").write_text("{}")
    with pytest.raises(AssetsMissing, match="out of date"):
        assets.check(tmp_path)


def test_the_lock_pins_contents_and_names_no_registry() -> None:
    lock = json.loads((assets.WEB / "package-lock.json").read_text())
    packages = {name: each for name, each in lock["packages"].items() if name}
    assert len(packages) == 5
    for package in packages.values():
        assert package["integrity"].startswith("sha512-")
        assert "resolved" not in package


def test_an_unknown_page_says_so_in_german(client: FlaskClient) -> None:
    answer = client.get("/gibt-es-nicht")
    assert (answer.status_code, answer.mimetype) == (404, "text/html")
    assert "Diese Seite gibt es nicht" in answer.text


def test_below_the_api_an_unknown_address_is_a_problem_document(client: FlaskClient) -> None:
    answer = client.get("/api/v1/gibt-es-nicht")
    assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")
    assert answer.get_json()["status"] == 404


def test_a_fault_shows_a_reference_and_the_log_keeps_its_reason(
    caplog: pytest.LogCaptureFixture,
) -> None:
    app = create_app()

    @app.get("/fault")
    def fault() -> str:
        raise ZeroDivisionError("secret detail")

    answer = app.test_client().get("/fault")
    reference = re.search(r"<b>([0-9A-F]{6})</b>", answer.text)
    assert answer.status_code == 500
    assert "Nichts wurde gebucht" in answer.text
    assert "secret detail" not in answer.text
    assert reference is not None
    assert reference[1] in caplog.text
    assert "secret detail" in caplog.text


@pytest.mark.parametrize("status", [403, 405, 503])
def test_other_refusals_have_a_page_as_well(status: int) -> None:
    app = create_app()
    app.add_url_rule("/refused", "refused", lambda: abort(status))
    answer = app.test_client().get("/refused")
    assert (answer.status_code, answer.mimetype) == (status, "text/html")


def test_health_says_whether_the_database_answers() -> None:
    assert create_app().test_client().get("/healthz").get_json() == {"status": "ok"}
    answer = create_app(is_ready=lambda: False).test_client().get("/healthz")
    assert (answer.status_code, answer.get_json()) == (503, {"status": "unavailable"})


def test_a_city_that_has_not_begun_has_a_page_too() -> None:
    text = create_app(city_page=empty_page).test_client().get("/").text
    assert "Noch ist nichts gebucht" in text
    assert "Noch kein Nachtlauf" in text


def test_a_night_without_differences_is_told_as_good_news() -> None:
    page = sample_page(differences=())
    text = create_app(city_page=lambda: page).test_client().get("/").text
    assert "und jeder Cent ist belegt" in text
    assert "Keine offenen Differenzen" in text
    assert "icon--difference" not in text


def test_books_that_do_not_balance_are_the_headline() -> None:
    page = sample_page()
    wrong = replace(page.accounts[0], debit_cents=page.accounts[0].debit_cents + 1)
    page = replace(page, accounts=(wrong, *page.accounts[1:]))
    document = html.fromstring(create_app(city_page=lambda: page).test_client().get("/").text)
    assert "gehen nicht auf" in document.xpath("//h1")[0].text_content()
    assert "0,01" in document.xpath("//h1")[0].text_content()
    assert document.xpath("//*[@role='alert']")


def test_the_tables_show_every_figure_of_the_page(client: FlaskClient) -> None:
    document = html.fromstring(client.get("/").text)
    page = sample_page()
    rows = document.xpath("//section[@id='einnahmen']//tbody/tr[not(@class)]")
    assert len(rows) == len(page.takings.facilities) == 41
    assert len(document.xpath("//section[@id='salden']//th[@class='code']")) == len(page.accounts)
    drawn = [int(value) for value in document.xpath("//td[@data-column='cash']/@data-value")]
    assert drawn == list(page.channels[0].cents)
