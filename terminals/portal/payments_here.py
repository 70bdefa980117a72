"""Whose a payment is: what every page of the portal about one asks first."""

from werkzeug.exceptions import NotFound

from terminals.checkout.payments import Payment
from terminals.face.page import caller


def own_payment(payment: Payment | None) -> Payment:
    """The top-up, if it is of the caller's wallet. Raises NotFound, for another's too."""
    if payment is None or (payment.purpose, payment.subject) != ("top_up", caller().wallet):
        raise NotFound
    return payment
