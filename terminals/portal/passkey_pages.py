"""What a script asks on behalf of a passkey: challenges, and what an authenticator made of them.

The only views that answer with JSON: `navigator.credentials` speaks nothing else.
"""

from flask import Blueprint, Response, jsonify, request

from ledger.permissions import Permission, needs
from terminals.face.addresses import is_ours
from terminals.face.moment import now
from terminals.face.page import books, say
from terminals.portal.entering import by_passkey
from terminals.portal.errors import PasskeyRefused
from terminals.portal.passkeys import (
    add_passkey,
    answer_of,
    ask_to_add,
    ask_to_sign_in,
    payer_of_passkey,
    take_challenge,
)
from terminals.portal.throttle import Asking, note, wait_of_source
from terminals.portal.visiting import HOME, ask_again, browser, let_in, me, network, site

pages = Blueprint("portal_passkeys", __name__, url_prefix="/portal/passkeys")


@pages.post("/anmelden/fragen")
@needs(Permission.PORTAL_SIGN_IN)
def ask() -> Response:
    """A challenge for whoever wants to sign in; it tells nothing about anybody."""
    with books().transaction() as session:
        return _json(ask_to_sign_in(session, site(), at=now()))


@pages.post("/anmelden")
@needs(Permission.PORTAL_SIGN_IN)
def answer() -> Response:
    """Sign in by the signed challenge; the answer says where to go on."""
    asking = Asking("passkey", network(), now())
    with books().transaction() as session:
        if wait := wait_of_source(session, asking):
            return _problem("passkey.wait", 429, seconds=wait.seconds)
    try:
        code = _signed_by()
    except PasskeyRefused:
        with books().transaction() as session:
            note(session, asking)
        return _problem("passkey.refused", 422)
    with books().transaction() as session:
        entered = by_passkey(session, code, browser=browser(), at=now())
    wanted = request.args.get("next", "")
    response = let_in(entered, HOME)
    response.status_code = 200
    response.headers.pop("Location")
    response.data = jsonify(go=wanted if is_ours(wanted) else HOME).data
    response.content_type = "application/json"
    return response


@pages.post("/neu/fragen")
@needs(Permission.PORTAL_OWN)
def ask_for_new() -> Response:
    """A challenge for a new passkey of the payer who is signed in, if that was just now."""
    if question := ask_again("/portal/mehr/anmeldung"):
        return jsonify(go=question.location)
    try:
        with books().transaction() as session:
            return _json(ask_to_add(session, me(session), site(), at=now()))
    except PasskeyRefused:
        return _problem("passkey.too_many", 422)


@pages.post("/neu")
@needs(Permission.PORTAL_OWN)
def add() -> Response:
    """Keep the new passkey."""
    at = now()
    try:
        given = answer_of(request.get_data(cache=False))
        with books().transaction() as session:
            payer = me(session)
            challenge = take_challenge(session, given, adding=payer.code, at=at)
        if challenge is None:
            return _problem("passkey.refused", 422)
        with books().transaction() as session:
            add_passkey(session, payer, given, challenge, site=site(), name=browser().name, at=at)
    except PasskeyRefused:
        return _problem("passkey.refused", 422)
    return jsonify(go=HOME if request.args.get("then") == "start" else "/portal/mehr/anmeldung")


def _signed_by() -> str:
    """The payer whose passkey signed. Raises PasskeyRefused."""
    at = now()
    given = answer_of(request.get_data(cache=False))
    with books().transaction() as session:
        challenge = take_challenge(session, given, adding=None, at=at)
    if challenge is None:
        raise PasskeyRefused
    with books().transaction() as session:
        return payer_of_passkey(session, given, challenge, site=site(), at=at)


def _json(options: str) -> Response:
    return Response(options, mimetype="application/json")


def _problem(name: str, status: int, **values: object) -> Response:
    answer = jsonify(problem=say(name, **values))
    answer.status_code = status
    return answer
