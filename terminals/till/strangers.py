"""Who may act on the pages of a site: those pages themselves, and nobody's page besides."""

from urllib.parse import urlsplit

from flask import abort, request


def refuse_strangers() -> None:
    """Only a page of this site may act: another site could make a browser here send forms, and a
    cookie would be sent along. Aborts with 403."""
    origin = request.headers.get("Origin")
    if origin is not None:
        is_ours = urlsplit(origin).netloc == request.host
    else:
        is_ours = request.headers.get("Sec-Fetch-Site", "same-origin") == "same-origin"
    if not is_ours:
        abort(403)
