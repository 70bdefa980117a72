"""Where on the track of five a card payment is."""

from terminals.adapters import STEPS


def step_of(step: str) -> int:
    """The place from 1 to 5; a step that is not on the track leaves it at the beginning."""
    return max(STEPS.get(step, 0), 1)
