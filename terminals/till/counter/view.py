"""Where a till is: which screen, in the middle of what; kept, so that a reload shows the same."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from terminals.till.drafts import find_draft, keep_draft
from terminals.till.pages import Language, Message, Screen

NAME = "view"


@dataclass(frozen=True, slots=True)
class View:
    """What stands on the screen of a till beside its journal.

    screen: key of the rail. task: what the stage is in the middle of, "" for the screen itself;
    data: its state, plain values. group: the tab of tiles that is open. paid: the sale that
    stands in the column, `said` what is said with it. cleared: a basket that can come back.
    visit: what the last scan of a pass came to. message, sound: of the last action, said once.
    """

    screen: Screen = "sale"
    task: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)
    language: Language = "de"
    group: str | None = None
    paid: str | None = None
    said: str = ""
    cleared: Mapping[str, Any] | None = None
    visit: Mapping[str, Any] | None = None
    message: Mapping[str, Any] | None = None
    sound: str = ""

    @property
    def paid_key(self) -> UUID | None:
        """The sale in the column."""
        return UUID(self.paid) if self.paid else None

    def told(self) -> Message | None:
        """The message as the page shows it."""
        if self.message is None:
            return None
        values = tuple((name, value) for name, value in self.message["values"])
        return Message(self.message["what"], self.message["tone"], values)

    def saying(self, what: str, tone: str = "info", **values: str | int) -> "View":
        """The same with a message."""
        said = {"what": what, "tone": tone, "values": sorted(values.items())}
        return replace(self, message=said)

    def at(self, task: str, **data: Any) -> "View":
        """The same in the middle of a task."""
        return replace(self, task=task, data=data)

    def quiet(self) -> "View":
        """The same with nothing left of the last action's words and sounds."""
        return replace(self, message=None, sound="")


def view_of(connection: Connection, till: str) -> View:
    """The view of a till."""
    body = find_draft(connection, till, NAME)
    return View(**body) if body else View()


def keep_view(connection: Connection, till: str, view: View) -> None:
    """Keep where the till is now."""
    keep_draft(connection, till, NAME, asdict(view))
