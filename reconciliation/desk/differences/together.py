"""Accepting chosen proposals in one step: what it will do before, what came of each after."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from flask import Response, current_app, request, url_for
from werkzeug.exceptions import BadRequest

from ledger.errors import LedgerError
from reconciliation.casework.deciding import accept
from reconciliation.casework.steps import Step, find_step
from reconciliation.casework.together import alike, matched_cents
from reconciliation.desk.case_acts import preview_of_transfers
from reconciliation.desk.case_filters import filter_asked, query_of
from reconciliation.desk.page import books, caller, go, now, render
from reconciliation.errors import ReconciliationError
from reconciliation.words import class_word

MOST = 100
_CHOSEN = re.compile(r"([0-9]{1,18}):([^:]{1,40})")
_LEFT = re.compile(r"([0-9]{1,18})\.([a-z_]{1,60})")
_STEP = re.compile(r"[0-9]{1,18}")


@dataclass(frozen=True, slots=True)
class Left:
    """A case that was not accepted, and why."""

    number: int
    words: str


def summary(numbers: Sequence[int]) -> Response:
    """Count, sum, the cases and all that would be booked. Raises like `alike`."""
    by, at = caller(), now()
    with books().read_only() as session:
        chosen = alike(session, numbers[:MOST])
        preview = preview_of_transfers(session, chosen.transfers, at=at)
    return render(
        "differences/together.html", chosen=chosen, preview=preview, matched=matched_cents, at=at,
        kind=class_word(chosen.kind), query=query_of(filter_asked(by.name, at)),
        nav_of="desk_differences",
    )  # fmt: skip


def accept_each() -> Response:
    """Accept what the summary showed, each by itself: what changed meanwhile is left and named."""
    by, at = caller(), now()
    steps, left = [], []
    for number, version in _chosen():
        try:
            with books().transaction() as session:
                steps.append(str(accept(session, by, number, version=version, at=at).step))
        except (ReconciliationError, LedgerError) as no:
            left.append(f"{number}.{no.code}")
    query = query_of(filter_asked(by.name, at), schritte=" ".join(steps), offen=" ".join(left))
    return go(url_for("desk_differences.accepted") + query)


def outcome() -> Response:
    """What came of it, from the history of the cases: a reload sends nothing twice."""
    by, at = caller(), now()
    asked, left = request.args.get("schritte", "").split(), _left()
    if not all(_STEP.fullmatch(one) for one in asked) or len(asked) > MOST:
        raise BadRequest
    with books().read_only() as session:
        found = [find_step(session, int(one)) for one in asked]
    steps = [one for one in found if one is not None and one.kind in ("accepted", "release_asked")]
    return render(
        "differences/accepted.html", left=left, at=at, query=query_of(filter_asked(by.name, at)),
        booked=_of(steps, "accepted"), waiting=_of(steps, "release_asked"), me=by.name,
        nav_of="desk_differences",
    )  # fmt: skip


def _of(steps: Sequence[Step], kind: str) -> list[Step]:
    return [one for one in steps if one.kind == kind]


def _chosen() -> list[tuple[int, str]]:
    """Number and version of each case on the summary."""
    found = [_CHOSEN.fullmatch(one) for one in request.form.getlist("fall")]
    if not found or len(found) > MOST:
        raise BadRequest
    chosen = {int(one[1]): one[2] for one in found if one is not None}
    if len(chosen) != len(found):
        raise BadRequest
    return sorted(chosen.items())


def _left() -> list[Left]:
    found = [_LEFT.fullmatch(one) for one in request.args.get("offen", "").split()[:MOST]]
    words = current_app.extensions["refusal"]
    return [Left(int(one[1]), cast(str, words(one[2]))) for one in found if one is not None]
