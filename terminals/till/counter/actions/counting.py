"""Counting: rows of the pad, rolls, the rest, and the moment when the count stands."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from terminals.till.counter.actions import Action, Form, number_of
from terminals.till.counter.counting import ROLLS, Count, count_of, keep_count
from terminals.till.counter.moment import Acting
from terminals.till.errors import TillRefusal
from terminals.till.shifts import DENOMINATIONS


def count(acting: Acting, form: Form) -> None:
    """So many pieces of a coin; nothing typed takes the row back."""
    pieces = number_of(form, "pieces") if form.get("pieces", "").strip() else None
    _change(acting, lambda known: known.with_pieces(number_of(form, "coin"), pieces))


def count_row(acting: Acting, form: Form) -> None:
    """Write in this row."""
    coin = number_of(form, "coin")
    if coin not in DENOMINATIONS:
        raise TillRefusal("count_malformed", coin=str(coin))
    _change(acting, lambda known: replace(known, row=coin))


def count_roll(acting: Acting, form: Form) -> None:
    """One more roll of a coin."""
    coin = number_of(form, "coin")

    def with_roll(known: Count) -> Count:
        pieces = (known.counts.get(str(coin)) or 0) + ROLLS.get(coin, 0)
        return replace(known.with_pieces(coin, pieces), row=coin)

    _change(acting, with_roll)


def count_rest(acting: Acting, _form: Form) -> None:
    """The rest is zero."""
    _change(acting, Count.rest_is_zero)


def confirm_count(acting: Acting, _form: Form) -> None:
    """The count stands; only now may anything be compared."""
    if acting.view.task == "comparison":  # the same tap again
        return
    known = _change(acting, Count.confirmed)
    acting.view = acting.view.at("opening" if known.purpose == "open" else "comparison")


def count_again(acting: Acting, _form: Form) -> None:
    """Once more; both counts are kept."""
    known = _change(acting, Count.again)
    acting.view = acting.view.at("opening" if known.purpose == "open" else "count")


def difference_reason(acting: Acting, form: Form) -> None:
    """Why it differs: one reason."""
    reason = form.get("reason", "").strip()[:200]
    _change(acting, lambda known: replace(known, reason=reason))


def _change(acting: Acting, change: Callable[[Count], Count]) -> Count:
    till = acting.moment.till.code
    known = count_of(acting.connection, till)
    if known is None:
        raise TillRefusal("nothing_counted")
    changed = change(known)
    keep_count(acting.connection, till, changed)
    return changed


ACTIONS: Mapping[str, Action] = {
    "count": count, "count_row": count_row, "count_roll": count_roll, "count_rest": count_rest,
    "confirm_count": confirm_count, "count_again": count_again,
    "difference_reason": difference_reason,
}  # fmt: skip
