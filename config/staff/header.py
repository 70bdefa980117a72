"""What the frame of every page says of whoever looks: who it is, and where they may go."""

from typing import Any

from flask import Flask, g, request

from config.access import may, permission_of
from config.web.navigation import navigation
from ledger.permissions import Caller


def header(app: Flask) -> dict[str, Any]:
    """The frame's variables: `navigation`; `signed_in`, the person; whether one `may_sign_in`.

    An application without a gate shows all its pages and knows nobody.
    """
    caller: Caller | None = g.get("caller")

    def may_open(endpoint: str) -> bool:
        return caller is None or may(caller, permission_of(app.view_functions[endpoint]))

    signed_in = caller if caller is not None and caller.person else None
    may_sign_in = caller is not None and signed_in is None and request.blueprint != "sign_in"
    return {
        "navigation": navigation(app, may_open),
        "signed_in": signed_in,
        "may_sign_in": may_sign_in,
    }
