"""Whether the centre can be heard, as one thing that everybody who calls it keeps up to date."""

import logging
from collections.abc import Callable
from datetime import UTC, datetime

log = logging.getLogger("stadtkasse.till")


class Line:
    """The state of the line of one till. silent_since: aware; None while the centre answers.

    clock_minutes: by how much our clock is ahead of the centre's, below zero where it is behind.
    """

    def __init__(self, changed: Callable[[], None]) -> None:
        self.silent_since: datetime | None = None
        self.back_at: datetime | None = None
        self.clock_minutes = 0
        self._changed = changed

    def spoke(self) -> None:
        """The centre answered."""
        if self.silent_since is not None:
            log.info("the centre answers again")
            self.silent_since, self.back_at = None, datetime.now(UTC)
            self._changed()

    def failed(self, reason: object) -> None:
        """The centre did not answer."""
        if self.silent_since is None:
            log.info("the centre is silent: %s", reason)
            self.silent_since, self.back_at = datetime.now(UTC), None
            self._changed()

    def says(self, at: datetime | None) -> None:
        """The time by the centre's clock, as an answer just said."""
        if at is not None:
            ahead = datetime.now(UTC) - at
            self.clock_minutes = round(ahead.total_seconds() / 60)
