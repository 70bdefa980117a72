"""The web application: pages, assets, headers and error pages, put together in one place."""

import secrets
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from flask import Blueprint, Flask, Response, g, jsonify, render_template, request
from werkzeug.exceptions import HTTPException, InternalServerError
from werkzeug.middleware.proxy_fix import ProxyFix

from config import access, api, errors, security
from config.database import Database
from config.desk.pages import PAGES as DESK_PAGES
from config.exports import export_settings
from config.limits import LIMITS
from config.staff.header import header
from config.staff.next_page import to_sign_in
from config.staff.pages import PAGES
from config.web import assets, formats
from config.web.openapi import api_reference
from config.web.pages import ApiReference, CityPage, Shell
from ledger.permissions import Caller, Permission, needs
from ledger.staff.sessions import SessionRule
from reconciliation import desk
from terminals import checkout, face, gate, pay_links, portal
from terminals.face.imprint import read_imprint
from terminals.face.trouble import trouble_page
from terminals.gate.pages import PAGES as GATE_PAGES

FACES = (*face.PAGES, *portal.PAGES, *pay_links.PAGES, *GATE_PAGES, *checkout.PAGES)

TREES = {"face": face.STATIC, "gate": gate.STATIC, "desk": desk.STATIC}

IMPRINT = Path(__file__).parent / "cities" / "aachen" / "public" / "imprint.toml"

# Where addresses for citizens begin; what goes wrong there is said in their words and language.
CITIZENS = frozenset(
    {"portal", "zahlen", "tickets", "ticket", "beleg", "pruefen", "buecher", "hilfe",
     "leichte-sprache", "gebaerdensprache", "barrierefreiheit", "datenschutz", "impressum"}
)  # fmt: skip

# What goes wrong, in the words of the counter: title and what to do now.
ERROR_PAGES: Mapping[int, tuple[str, str]] = {
    400: ("Diese Anfrage ist unvollständig oder falsch", "Sie wurde nicht ausgeführt."),
    401: ("Bitte melden Sie sich an", "Diese Seite zeigt nur, wer angemeldet ist."),
    403: ("Dafür fehlt Ihnen die Berechtigung", "Die Anfrage wurde nicht ausgeführt."),
    404: ("Diese Seite gibt es nicht", "Vielleicht ist die Adresse alt oder unvollständig."),
    405: ("So lässt sich diese Adresse nicht aufrufen", "Öffnen Sie sie über die Startseite."),
    500: ("Das hat nicht geklappt", "Nichts wurde gebucht. Bitte versuchen Sie es noch einmal."),
    503: ("Gerade nicht erreichbar", "Nichts wurde gebucht. Bitte versuchen Sie es gleich wieder."),
}


def create_app(
    *,
    city: str = "Stadt Aachen",
    city_page: Callable[[], CityPage] | None = None,
    api_spec: Callable[[], Mapping[str, Any]] | None = None,
    blueprints: Iterable[Blueprint] = (),
    is_ready: Callable[[], bool] = lambda: True,
    database: Database | None = None,
    visitor: Caller | None = None,
    sessions: SessionRule | None = None,
    proxies: int = 0,
    origin: str | None = None,
) -> Flask:
    """The application; whoever calls it says where the figures come from.

    database: the books behind the API, and with them the gate of `config.access` before every
    view, and the pages for staff; `visitor` is who it takes a request without a token for, in the
    demonstration alone. sessions: how long a person stays signed in. proxies: how many stand
    before us and may say for whom they ask. origin: the public address that letters link to.
    city_page: reads the figures of `/`, once per request. api_spec: the OpenAPI 3.1 document
    behind `/api/v1/`. is_ready: whether the database answers, for `/healthz`. Who takes payments
    online is `extensions["provider"]`. Raises AssetsMissing when the assets were never fetched.
    """
    app = _bare_app(city, origin)
    assets.init_app(app, trees=TREES)
    _add_error_pages(app, Shell(city))
    _add_health(app, is_ready)
    if database is not None:
        _trust(app, proxies)
        access.init_app(app, database, visitor=visitor, sessions=sessions or SessionRule())
        endpoints = api.init_app(app)
        blueprints = (*PAGES, *DESK_PAGES, *desk.load(), *FACES, *blueprints)
        api_spec = api_spec or (lambda: api.api_document(app, endpoints))
    if city_page is not None:
        _add_city(app, city_page)
    if api_spec is not None:
        _add_reference(app, api_spec, Shell(city))
    for blueprint in blueprints:
        app.register_blueprint(blueprint)
    return app


def _bare_app(city: str, origin: str | None) -> Flask:
    app = Flask(__name__, static_folder=None, template_folder="web/templates")
    app.config["CITY"] = city
    app.config["ORIGIN"] = origin
    app.extensions["imprint"] = read_imprint(IMPRINT)
    app.extensions["exports"] = export_settings()
    app.extensions["limits"] = LIMITS
    app.extensions["shell"] = lambda: Shell(city)
    app.extensions["refusal"] = lambda code: errors.sentence(code).german
    # Who takes payments online is app.extensions["provider"]; without one the pages say so.
    app.context_processor(lambda: header(app))
    app.jinja_env.filters.update(formats.FILTERS)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    security.init_app(app)
    _log_no_secrets(app)
    return app


def _add_city(app: Flask, city_page: Callable[[], CityPage]) -> None:
    @app.get("/", endpoint="city")
    @needs(Permission.CITY_READ)
    def show_city() -> str:
        return _page("city.html", city_page())


def _add_reference(app: Flask, api_spec: Callable[[], Mapping[str, Any]], shell: Shell) -> None:
    @app.get("/api/v1/", endpoint="api_reference")
    @needs(Permission.REFERENCE_READ)
    def show_reference() -> str:
        return _page("api_reference.html", api_reference(api_spec(), shell=shell))


def _page(template: str, page: CityPage | ApiReference) -> str:
    return render_template(template, page=page, shell=page.shell)


def _trust(app: Flask, proxies: int) -> None:
    if proxies:
        trusting = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies, x_host=proxies)
        app.wsgi_app = trusting  # type: ignore[method-assign]


def _add_health(app: Flask, is_ready: Callable[[], bool]) -> None:
    @app.get("/healthz")
    @needs(Permission.HEALTH_READ)
    def healthz() -> tuple[Response, int]:
        if is_ready():
            return jsonify(status="ok"), 200
        return jsonify(status="unavailable"), 503


def _log_no_secrets(app: Flask) -> None:
    """Name what failed by its view: paths have links to sign in by and codes of letters in them."""

    def log_exception(exc_info: Any) -> None:
        app.logger.error(
            "Exception in %s [%s]", request.endpoint, request.method, exc_info=exc_info
        )

    app.log_exception = log_exception  # type: ignore[method-assign]


def _add_error_pages(app: Flask, shell: Shell) -> None:
    def answer(error: HTTPException) -> Response:
        status = error.code or 500
        is_page = request.endpoint == "api_reference" or not request.path.startswith("/api/")
        if is_page and status == 401 and (response := to_sign_in(app)):
            return response
        if request.path.startswith("/api/"):
            return errors.problem_of(error)
        title, advice = ERROR_PAGES[status]
        reference = _log_reference(app) if isinstance(error, InternalServerError) else None
        if _is_for_citizens():
            g.setdefault("caller", access.NOBODY)  # the gate knows none where there is no view
            return trouble_page(status, reference)
        page = render_template(
            "error.html", shell=shell, title=title, advice=advice, reference=reference
        )
        return Response(page, status, mimetype="text/html")

    for status in ERROR_PAGES:
        app.register_error_handler(status, answer)


def _is_for_citizens() -> bool:
    return request.path.lstrip("/").partition("/")[0] in CITIZENS


def _log_reference(app: Flask) -> str:
    # Short enough to read out on the telephone; the traceback stands in the log beside it.
    reference = secrets.token_hex(3).upper()
    app.logger.error("error page shown with reference %s", reference)
    return reference
