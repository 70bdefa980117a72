"""What stands on the stage: one function for each task, found by `load` in the modules here.

A module has `STAGES: Mapping[str, Builder]`, by the task of the view or `screen:` and a key of
the rail. A builder reads the moment and returns a screen of `terminals.till.pages`; None says
that its task is over, and the screen of the rail is shown instead.
"""

from collections.abc import Callable, Mapping
from functools import cache

from terminals.till.counter.moment import Moment
from terminals.till.gathering import gathered
from terminals.till.pages import Stage

Builder = Callable[[Moment], Stage | None]


@cache
def load() -> Mapping[str, Builder]:
    """Every builder by its task. Raises ValueError for one that two modules have."""
    return gathered(__name__, __path__, "STAGES")
