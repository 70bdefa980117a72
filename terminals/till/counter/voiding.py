"""Beginning a void: shared by the receipts and by a payment that nobody wants."""

from uuid import UUID

from terminals.till import payments, take_backs
from terminals.till.attempts import find_attempt
from terminals.till.counter.moment import Acting, Moment
from terminals.till.counter.terminals import lane_of
from terminals.till.errors import TillRefusal
from terminals.till.lanes import Lane
from terminals.till.sales import CARD_WAYS, Sale


def lane_of_sale(moment: Moment, of: Sale) -> Lane | None:
    """The terminal a sale was paid at, which is the one that can give its money back."""
    paid = of.attempt and find_attempt(moment.connection, of.attempt)
    return lane_of(moment, paid) if paid else None


def begin_void(acting: Acting, of: Sale, *, key: UUID, reason: str) -> None:
    """Void a sale of this shift: cash is handed back at once, a card asked for at its terminal."""
    is_card = of.way in CARD_WAYS
    lane = lane_of_sale(acting.moment, of) if is_card else None
    if is_card and lane is None:
        raise TillRefusal("no_terminal")
    adapter = acting.moment.site.adapter_of(lane.terminal) if lane else ""
    begun = payments.void(
        acting.connection, acting.desk, of, key=key, reason=reason, adapter=adapter
    )
    if begun is not None and lane is not None:
        acting.after.append(lambda: lane.perform(begun.id))
        acting.view = acting.view.at("giving_back", attempt=str(begun.id))
    elif take_backs.on_its_way(acting.connection, of.key) is None:  # else: the same tap again
        acting.view = acting.view.at("").saying("voided", "good", amount_cents=of.total_cents)
    acting.nudge()
