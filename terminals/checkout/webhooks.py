"""Where the provider tells us what happened: verified, stored, answered; the work comes later."""

import logging

from flask import Blueprint, request
from werkzeug.exceptions import BadRequest, ServiceUnavailable

from ledger.permissions import Permission, needs
from terminals.checkout.here import provider
from terminals.checkout.inbox import message_in, store
from terminals.face.page import books

LARGEST_BYTES = 1_000_000

pages = Blueprint("webhooks", __name__)
log = logging.getLogger("stadtkasse.checkout")


@pages.post("/webhooks/stripe")
@needs(Permission.WEBHOOKS_SEND)
def hear() -> tuple[str, int]:
    """Store a message once and answer at once.

    400: not signed by one of our secrets, not lately, or of the other mode; the sender shows it
    to its operator. 500 while the database is away, 503 without an account: it sends again.
    """
    behind = provider()
    if behind is None or not behind.secrets:
        raise ServiceUnavailable
    if (request.content_length or 0) > LARGEST_BYTES:
        raise BadRequest
    try:
        signature = request.headers.get("Stripe-Signature", "")
        message = message_in(behind.verified(request.get_data(cache=False), signature))
    except ValueError as wrong:
        log.warning("a message of the provider was refused: %s", wrong)
        raise BadRequest from wrong
    if message.is_live != behind.is_live:
        log.warning("message %s is of the other mode, live or test", message.id)
        raise BadRequest
    with books().transaction() as session:
        store(session, message)
    return "", 200
