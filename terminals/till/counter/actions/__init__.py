"""What a tap does: one function for each action, found by `load` in the modules of this folder.

A module has `ACTIONS: Mapping[str, Action]`. An action works in one transaction of the journal:
it changes what it changes, says in `acting.view` what the page shows then, and puts what has to
happen on the devices or the line into `acting.after`. What it refuses it raises as TillRefusal:
nothing is changed then, and the page says why.
"""

from collections.abc import Callable, Mapping
from functools import cache
from uuid import UUID

from terminals.till.counter.moment import Acting
from terminals.till.errors import TillRefusal
from terminals.till.gathering import gathered

LONGEST = 200

Form = Mapping[str, str]
Action = Callable[[Acting, Form], None]


@cache
def load() -> Mapping[str, Action]:
    """Every action by its name. Raises ValueError for one that two modules have."""
    return gathered(__name__, __path__, "ACTIONS")


def text_of(form: Form, name: str) -> str:
    """A field that must be there: one line, as the centre takes it. Raises TillRefusal:
    form_incomplete."""
    typed = form.get(name, "")[:LONGEST]
    value = "".join(each if each.isprintable() else " " for each in typed).strip()
    if not value:
        raise TillRefusal("form_incomplete", field=name)
    return value


def number_of(form: Form, name: str, default: int | None = None) -> int:
    """A whole number. Raises TillRefusal: form_incomplete."""
    value = form.get(name, "").strip()
    if not value and default is not None:
        return default
    # isdecimal: no signs, no superscripts, no other script's digits beyond what int reads
    if not value.isdecimal() or len(value) > 9:
        raise TillRefusal("form_incomplete", field=name)
    return int(value)


def key_of(form: Form, name: str = "key") -> UUID:
    """A key the page was rendered with. Raises TillRefusal: form_incomplete."""
    try:
        return UUID(form.get(name, ""))
    except ValueError as wrong:
        raise TillRefusal("form_incomplete", field=name) from wrong
