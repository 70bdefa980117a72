"""An unannounced audit of the drawer: its protocol on paper, once it was counted."""

from collections.abc import Mapping

from terminals.till.counter.actions import Action, Form
from terminals.till.counter.counting import count_of
from terminals.till.counter.moment import Acting
from terminals.till.counter.paper import print_paper
from terminals.till.counter.stages.shift import audit_now
from terminals.till.errors import TillRefusal
from terminals.till.papers import audit_of


def print_audit(acting: Acting, _form: Form) -> None:
    """The protocol of the count that stands, to be signed. Raises TillRefusal: nothing_counted."""
    known = count_of(acting.connection, acting.moment.till.code)
    if known is None or known.purpose != "audit" or not known.done:
        raise TillRefusal("nothing_counted")
    paper = audit_of(
        acting.connection, acting.shift, audit_now(acting.moment, known), known.done[-1],
        language=acting.view.language,
    )  # fmt: skip
    print_paper(acting, paper)


ACTIONS: Mapping[str, Action] = {"print_audit": print_audit}
