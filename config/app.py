"""The web application: pages, assets, headers and error pages, put together in one place."""

import secrets
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from flask import Blueprint, Flask, Response, jsonify, render_template, request
from werkzeug.exceptions import HTTPException, InternalServerError

from config import api, errors, security
from config.database import Database
from config.web import assets, formats
from config.web.navigation import navigation
from config.web.openapi import api_reference
from config.web.pages import ApiReference, CityPage, Shell
from ledger.permissions import Caller, Permission, needs

# What goes wrong, in the words of the counter: title and what to do now.
ERROR_PAGES: Mapping[int, tuple[str, str]] = {
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
) -> Flask:
    """The application; whoever calls it says where the figures come from.

    database: the books behind the API, and with them the gate of `config.access` before every
    view; `visitor` is who it takes a request without a token for, in the demonstration alone.
    city_page: reads the figures of `/`, once per request. api_spec: the OpenAPI 3.1 document
    behind `/api/v1/`. is_ready: whether the database answers, for `/healthz`. Raises
    AssetsMissing with one sentence when the browser assets were never fetched.
    """
    app = Flask(__name__, static_folder=None, template_folder="web/templates")
    app.jinja_env.filters.update(formats.FILTERS)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    security.init_app(app)
    assets.init_app(app)
    _add_error_pages(app, Shell(city))
    _add_health(app, is_ready)
    if database is not None:
        endpoints = api.init_app(app, database, visitor=visitor)
        api_spec = api_spec or (lambda: api.api_document(app, endpoints))
    if city_page is not None:
        show_city = needs(Permission.CITY_READ)(lambda: _page("city.html", city_page()))
        app.add_url_rule("/", "city", show_city)
    if api_spec is not None:
        show_reference = needs(Permission.REFERENCE_READ)(
            lambda: _page("api_reference.html", api_reference(api_spec(), shell=Shell(city)))
        )
        app.add_url_rule("/api/v1/", "api_reference", show_reference)
    for blueprint in blueprints:
        app.register_blueprint(blueprint)
    app.context_processor(lambda: {"navigation": navigation(app)})
    return app


def _page(template: str, page: CityPage | ApiReference) -> str:
    return render_template(template, page=page, shell=page.shell)


def _add_health(app: Flask, is_ready: Callable[[], bool]) -> None:
    @app.get("/healthz")
    @needs(Permission.HEALTH_READ)
    def healthz() -> tuple[Response, int]:
        if is_ready():
            return jsonify(status="ok"), 200
        return jsonify(status="unavailable"), 503


def _add_error_pages(app: Flask, shell: Shell) -> None:
    def answer(error: HTTPException) -> Response:
        status = error.code or 500
        if request.path.startswith("/api/"):
            return errors.problem_of(error)
        title, advice = ERROR_PAGES[status]
        reference = _log_reference(app) if isinstance(error, InternalServerError) else None
        page = render_template(
            "error.html", shell=shell, title=title, advice=advice, reference=reference
        )
        return Response(page, status, mimetype="text/html")

    for status in ERROR_PAGES:
        app.register_error_handler(status, answer)


def _log_reference(app: Flask) -> str:
    # Short enough to read out on the telephone; the traceback stands in the log beside it.
    reference = secrets.token_hex(3).upper()
    app.logger.error("error page shown with reference %s", reference)
    return reference
