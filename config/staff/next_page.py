"""Where somebody wanted to go before they had to sign in, and the way there and back."""

from flask import Flask, Response, redirect, request, url_for

from config.access import is_for_payers, may
from ledger.permissions import Caller, Permission
from terminals.face.addresses import is_ours


def to_sign_in(app: Flask) -> Response | None:
    """Send whoever is not signed in to do that, and remember the page.

    None for a device with a wrong token, and where there is nowhere to sign in.
    """
    if "sign_in.ask" not in app.view_functions or "Authorization" in request.headers:
        return None
    wanted = None
    if request.method in ("GET", "HEAD"):
        wanted = request.full_path.rstrip("?")
    is_start = wanted in ("/", "/portal/")
    question = "portal_entry.ask" if is_for_payers() else "sign_in.ask"
    address = url_for(question, next=None if is_start else wanted)
    return app.make_response(redirect(address, 303))


def next_page(caller: Caller) -> str:
    """The page asked for, if it is one of ours; else the first one this caller may see."""
    wanted = request.values.get("next", "")
    if is_ours(wanted):
        return wanted
    return "/" if may(caller, Permission.CITY_READ) else url_for("account.show")
