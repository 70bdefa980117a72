"""Prices that are not what they were: a catalogue grown old, a change yesterday or tomorrow."""

from datetime import date, timedelta

from terminals.till import baskets
from terminals.till.counter.moment import Acting, Moment
from terminals.till.offers import Offer, differ, offers_on
from terminals.till.repricing import at_prices_of

NAMED_FOR = timedelta(days=30)  # so long after a change the price before it is named beside it


def old_since(moment: Moment) -> date | None:
    """The day whose prices this till sells at, where it knows none of today."""
    offers = moment.offers
    return offers.day if offers is not None and offers.day < moment.today else None


def changing_on(moment: Moment) -> date | None:
    """Tomorrow, where some article costs something else then and the till knows it already."""
    tomorrow = moment.today + timedelta(days=1)
    then = offers_on(moment.connection, moment.till.code, tomorrow)
    if moment.offers is None or then is None or then.day != tomorrow:
        return None
    return tomorrow if differ(moment.offers, then) else None


def price_before(moment: Moment, offer: Offer) -> tuple[date, int] | None:
    """The last day of the price before a fresh one, and that price; as this till knew it then."""
    since = offer.price_since
    if since is None or moment.today - since > NAMED_FOR:
        return None
    last = since - timedelta(days=1)
    earlier = offers_on(moment.connection, moment.till.code, last)
    known = earlier.articles.get(offer.code) if earlier and earlier.day == last else None
    if known is None or known.blocked or known.price_cents == offer.price_cents:
        return None
    return last, known.price_cents


def brought_up_to_date(acting: Acting) -> bool:
    """Whether the basket on the counter was filled at prices that are over: it has today's now,
    and the cashier is told the new sum before anything is charged."""
    on, offers = acting.moment.basket, acting.moment.offers
    if on is None or offers is None or on.state != "open":
        return False
    today = at_prices_of(on, offers.articles)
    if today == on:
        return False
    baskets.keep(acting.connection, today, acting.moment.now)
    acting.view = acting.view.saying("prices_changed", "warning", amount_cents=today.total_cents)
    return True
