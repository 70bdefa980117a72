"""What the register shows when a terminal has decided, written with the decision itself."""

from dataclasses import replace

from sqlalchemy import Connection

from terminals.adapters import UNREACHED
from terminals.till.attempts import OPEN, Attempt
from terminals.till.baskets import current_basket
from terminals.till.counter.view import View, keep_view, view_of
from terminals.till.payments import LINK, WALLET
from terminals.till.sales import sale_of_basket


def follow(connection: Connection, before: Attempt, after: Attempt) -> None:
    """Move the till's view on with an attempt; the next guest's screen is left alone."""
    if before.state == after.state:
        return
    view = view_of(connection, after.till)
    moved = (
        _payment(connection, view, before, after)
        if after.kind == "payment"
        else _giving_back(view, after)
    )
    keep_view(connection, after.till, moved)


def _payment(connection: Connection, view: View, before: Attempt, after: Attempt) -> View:
    if after.state == "unknown":
        return replace(view.quiet(), sound="unclear")
    was_unknown = before.state == "unknown"
    on_counter = current_basket(connection, after.till)
    is_here = on_counter is None or on_counter.id == after.basket
    if after.state == "approved":
        return _paid(connection, view, after, was_unknown=was_unknown, is_here=is_here)
    if was_unknown:
        view = view.at("") if is_here else view
        return view.quiet().saying("checked_not_paid", "info")
    return _not_paid(view, after)


def _not_paid(view: View, after: Attempt) -> View:
    if after.adapter == WALLET:
        shown = view.quiet().at(WALLET, problem=after.reason)
        return replace(shown, sound="scan_refused")
    if after.adapter == LINK:
        said = "link_offline" if after.code == "link_offline" else "link_gone"
        said = "link_refused" if after.state == "declined" else said
        return view.quiet().at("").saying(said, "warning" if said != "link_gone" else "info")
    if after.state == "declined" and after.code in UNREACHED:
        return view.quiet().at("terminal_down").saying("nothing_sent", "warning")
    if after.state == "declined":
        return replace(view.quiet().at("declined", attempt=str(after.id)), sound="declined")
    return view.quiet().at("").saying("aborted", "info")


def _paid(
    connection: Connection, view: View, after: Attempt, *, was_unknown: bool, is_here: bool
) -> View:
    sold = after.basket and sale_of_basket(connection, after.basket)
    if not sold or (was_unknown and not is_here):
        return view.quiet().saying("checked_paid", "good", amount_cents=after.amount_cents)
    faster = "by_link" if after.adapter == LINK else "faster"
    said = faster if after.cancelled_at else "checked" if was_unknown else ""
    shown = view.quiet().at("")
    return replace(shown, paid=str(sold.key), said=said, sound="sold", screen="sale")


def _giving_back(view: View, after: Attempt) -> View:
    if after.state in OPEN:
        return replace(view.quiet(), sound="unclear")
    if view.task == "giving_back" and view.data.get("attempt") == str(after.id):
        view = view.at("")
    if after.state == "approved":
        what = "voided" if after.kind == "reversal" else "refunded"
        return replace(
            view.quiet().saying(what, "good", amount_cents=after.amount_cents),
            sound="bell", paid=None, said="",
        )  # fmt: skip
    return replace(view.quiet().saying("not_given_back", "danger"), sound="declined")
