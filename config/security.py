"""The headers every answer carries: what a browser may load from us, and who may embed us."""

from flask import Flask, Response, current_app, request
from werkzeug.exceptions import BadRequest

# Nothing is inline, so no nonce is needed. KERN's icons are data: images.
CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "worker-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)

HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}
FORMS = frozenset({"application/x-www-form-urlencoded", "multipart/form-data"})
TWO_YEARS = "max-age=63072000; includeSubDomains"


def init_app(app: Flask) -> None:
    """Set the headers on every answer; HTTPS is promised only where it is already spoken.

    A form or address with a NUL in it is refused: no keyboard makes one, and no text of the
    database can hold it. The API's bodies have their schemas for that, and a view that takes a
    file reads its form itself, with a limit of its own: here it would be read with everybody's.
    """

    @app.before_request
    def refuse_nul() -> None:
        texts = (request.path, *request.args.values())
        view = app.view_functions.get(request.endpoint or "")
        if request.mimetype in FORMS and not hasattr(view, "takes_a_file"):
            texts = (*texts, *request.form.values())
        if any("\0" in text for text in texts):
            raise BadRequest

    @app.after_request
    def set_headers(response: Response) -> Response:
        response.headers.update(HEADERS)
        response.headers["Content-Security-Policy"] = _policy()
        if request.is_secure:
            response.headers["Strict-Transport-Security"] = TWO_YEARS
        # Figures of the city stay out of shared caches; assets bring their own rule.
        response.headers.setdefault("Cache-Control", "no-store")
        return response


def _policy() -> str:
    """A form of ours may be answered with the way to the page where its money is taken."""
    provider = current_app.extensions.get("provider")
    if provider is None:
        return CONTENT_SECURITY_POLICY
    there = f"form-action 'self' {provider.page_origin}"
    return CONTENT_SECURITY_POLICY.replace("form-action 'self'", there)
