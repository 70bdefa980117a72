"""What jobs work with."""

from dataclasses import dataclass
from pathlib import Path

from procrastinate import RetryStrategy

from config.database import Database
from terminals.checkout.provider import Provider
from terminals.mail.smtp import Smtp

JOB_PATIENCE_SECONDS = 3600
AGAIN = RetryStrategy(max_attempts=5, exponential_wait=5)


@dataclass(frozen=True, slots=True)
class Means:
    """database: patient with long statements. provider, smtp: None where none is configured.

    inbox: the watched folder of files, or None. finance: addresses the night writes to.
    """

    database: Database
    provider: Provider | None = None
    smtp: Smtp | None = None
    inbox: Path | None = None
    finance: tuple[str, ...] = ()
