"""After a pass was scanned: one more person with the same pass, or the last visit undone."""

from collections.abc import Mapping
from uuid import UUID

from terminals.till import visits
from terminals.till.counter import pass_scans
from terminals.till.counter.actions import Action, Form
from terminals.till.counter.moment import Acting
from terminals.till.errors import TillRefusal
from terminals.till.sales import find_sale


def visit_more(acting: Acting, _form: Form) -> None:
    """Let one more person in with the pass that was scanned last."""
    pass_scans.admit_more(acting)
    acting.nudge()


def visit_undo(acting: Acting, _form: Form) -> None:
    """Take the last visit back: it was a mistake. Raises TillRefusal: visit_offline, and as
    `visits.take_back`."""
    last = acting.view.visit
    sold = find_sale(acting.connection, UUID(last["sale"])) if last and "sale" in last else None
    if sold is None:
        raise TillRefusal("no_pass_scanned")
    if acting.moment.is_offline:
        raise TillRefusal("visit_offline")
    visits.take_back(acting.connection, acting.desk, sold)
    acting.nudge()


ACTIONS: Mapping[str, Action] = {"visit_more": visit_more, "visit_undo": visit_undo}
