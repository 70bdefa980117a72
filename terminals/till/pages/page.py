"""One whole page of the register: a pure function of the till's journal, and nothing else."""

from dataclasses import dataclass
from typing import ClassVar, Protocol

from terminals.till.pages.basket import Basket, Paid
from terminals.till.pages.frame import Frame


class Stage(Protocol):
    """A screen: any frozen dataclass that names its template and its state.

    template: below `templates/till/`. state: for `data-state` of the page; tests and styles go by
    it. A new screen is a dataclass here and a template there, nothing else is edited.
    """

    template: ClassVar[str]

    @property
    def state(self) -> str:
        """One word, the same for every page that looks the same."""


@dataclass(frozen=True, slots=True)
class Page:
    """frame around, stage on the left, basket on the right; basket None gives the stage all."""

    frame: Frame
    stage: Stage
    basket: Basket | Paid | None = None

    @property
    def state(self) -> str:
        """`approved` while a paid sale stands in the column, else what the stage says."""
        return self.basket.state if isinstance(self.basket, Paid) else self.stage.state
