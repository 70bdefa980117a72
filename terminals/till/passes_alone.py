"""A pass before a till that cannot ask: by the rule of the gates, and within a limit of the day."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from ledger.calendar import business_day
from terminals.gate.pass_rules import code_refusal, pass_refusal
from terminals.gate.scanned import PassCode
from terminals.gate.values import Refusal
from terminals.till.pass_news import alone_on, known, last_news
from terminals.till.payments import Desk


@dataclass(frozen=True, slots=True)
class Good:
    """The pass lets in one more now. visits_left: before that; None where days count."""

    pass_code: str
    product: str
    visits_left: int | None


def look(connection: Connection, at: Desk, held: PassCode, *, most: int) -> Good | Refusal:
    """Whether a pass lets in one more at this till while the centre is silent.

    most: visits with one pass on one day. In the transaction that writes the visit down, so that
    two tills of a site never both take the last one. Refused as by `pass_rules`, and:
    unheard (the centre never told of this pass), offline_limit.
    """
    today, news = business_day(at.now), last_news(connection, at.till.code)
    blocked = news.body["blocked_cards"] if news else ()
    if no := code_refusal(held, blocked):
        return no
    found = known(connection, at.till.code, held.code)
    if found is None:
        return Refusal("unheard", {})
    if no := pass_refusal(found, today):
        return no
    if alone_on(connection, held.code, today) >= most:
        return Refusal("offline_limit", {"most": most})
    return Good(held.code, found.body["product"], found.left)


def once_more(pass_code: str, now: datetime) -> PassCode:
    """A pass whose code was read a moment ago, and good."""
    return PassCode(pass_code, card=None, valid_until=now)
