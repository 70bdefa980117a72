"""The web application of a gate: its screen, assets, headers and error pages."""

from flask import Flask, Response, jsonify, redirect, url_for
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as AnyResponse

from config import security
from config.web import assets
from ledger.permissions import Permission, needs
from terminals import gate as pages
from terminals.gate.site import screen, staff_pages
from terminals.gate.site.gate import Gate
from terminals.gate.site.staff import StaffDoor


def create_gate_app(
    gate: Gate, *, language: str = "de", seconds: int = screen.SHOWN_SECONDS, pin: str | None = None
) -> Flask:
    """The screen of a gate, where an answer stands for `seconds`; nobody needs a name there, and
    whoever works there the PIN.

    Raises AssetsMissing when the browser assets are not there.
    """
    app = Flask(__name__, static_folder=None, template_folder="web/templates")
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    security.init_app(app)
    assets.init_app(app, trees={"gate": pages.STATIC})
    app.register_blueprint(screen.register(gate, language=language, seconds=seconds))
    app.register_blueprint(staff_pages.register(gate, StaffDoor(pin), language=language))

    @app.get("/")
    @needs(Permission.HEALTH_READ)
    def entrance() -> AnyResponse:
        return redirect(url_for("gate_screen.show"))

    @app.get("/healthz")
    @needs(Permission.HEALTH_READ)
    def healthz() -> Response:
        return jsonify(status="ok")

    @app.errorhandler(HTTPException)
    def to_screen(error: HTTPException) -> AnyResponse:
        # Nobody at a gate can do anything about it: whoever looks finds the screen again.
        app.logger.error("the gate answered %s", error)
        answer = redirect(url_for("gate_screen.show"), 303)
        return answer if error.code in (404, 405) else error.get_response()

    return app
