"""The instant a page is asked for: the server's clock, which a test may set."""

from collections.abc import Callable
from datetime import UTC, datetime

from flask import current_app

EXTENSION = "clock"


def now() -> datetime:
    """Now, aware UTC."""
    clock: Callable[[], datetime] | None = current_app.extensions.get(EXTENSION)
    return clock() if clock else datetime.now(UTC)
