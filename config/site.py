"""The web application of a site: the register, its assets, headers and error pages."""

import secrets
from collections.abc import Iterable, Mapping

from flask import Blueprint, Flask, Response, jsonify, redirect, render_template, request, url_for
from werkzeug.exceptions import HTTPException, InternalServerError
from werkzeug.wrappers import Response as AnyResponse

from config import security
from config.web import assets
from ledger.permissions import Permission, needs
from terminals.till import face

# What goes wrong, in the words of the counter: title and what to do now.
ERROR_PAGES: Mapping[int, tuple[str, str]] = {
    400: ("So lässt sich das nicht ausführen", "Nichts wurde gebucht."),
    403: ("Das kam nicht von dieser Kasse", "Nichts wurde gebucht."),
    404: ("Diese Seite gibt es nicht", "Vielleicht ist die Adresse alt oder unvollständig."),
    405: ("So lässt sich diese Adresse nicht aufrufen", "Öffnen Sie die Kasse."),
    500: (
        "Das hat nicht geklappt",
        "Alles ist gespeichert. Bitte noch einmal versuchen.",
    ),
}


def create_site_app(
    counter: face.Counter, *, city: str = "Stadt Aachen", beside: Iterable[Blueprint] = ()
) -> Flask:
    """The register of a site over its counter; `beside` it, further pages of the site.

    A till is known by its browser's cookie and a person by a PIN, both to the counter: the roles
    of the centre do not exist here. Raises AssetsMissing when the browser assets are not there.
    """
    app = Flask(__name__, static_folder=None, template_folder="web/templates")
    app.config["CITY"] = city
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    security.init_app(app)
    assets.init_app(app, trees={"till": face.STATIC})
    for pages in (face.register(counter), *beside):
        app.register_blueprint(pages)
    _add_doors(app)
    _add_error_pages(app)
    return app


def _add_doors(app: Flask) -> None:
    @app.get("/")
    @needs(Permission.HEALTH_READ)
    def entrance() -> AnyResponse:
        return redirect(url_for("till.show"))

    @app.get("/healthz")
    @needs(Permission.HEALTH_READ)
    def healthz() -> Response:
        return jsonify(status="ok")


def _add_error_pages(app: Flask) -> None:
    def answer(error: HTTPException) -> Response:
        status = error.code or 500
        title, advice = ERROR_PAGES[status]
        reference = _log_reference(app) if isinstance(error, InternalServerError) else None
        page = render_template("till/error.html", title=title, advice=advice, reference=reference)
        return Response(page, status, mimetype="text/html")

    for status in ERROR_PAGES:
        app.register_error_handler(status, answer)


def _log_reference(app: Flask) -> str:
    # Short enough to read out on the telephone; the traceback stands in the log beside it.
    reference = secrets.token_hex(3).upper()
    app.logger.error("%s failed: error page shown with reference %s", request.path, reference)
    return reference
