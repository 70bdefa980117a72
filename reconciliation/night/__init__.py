"""The nightly run: in steps, each its own transaction, resumable after being killed at any point.

`run` goes through the `steps`; `rules` explain bank lines by exact keys and book them; `findings`
say what is left; `summary` is what pages and letters read of a run.
"""

from reconciliation.night.run import NightResult, Progress, last_night, run_night
from reconciliation.night.steps import Means

__all__ = ["Means", "NightResult", "Progress", "last_night", "run_night"]
