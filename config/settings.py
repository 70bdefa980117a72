"""Every setting of the product, read from the environment once."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import platformdirs


@dataclass(frozen=True, slots=True)
class Settings:
    """What an installation may choose; docs/operations.md explains each one.

    database_url: `DATABASE_URL`, a PostgreSQL 15 or newer; None starts the embedded server.
    admin_url: `DATABASE_ADMIN_URL`, used by `stadtkasse db upgrade` alone; may create roles.
    state_dir: `STADTKASSE_STATE`, where the embedded server and the demo keep their data.
    """

    state_dir: Path
    database_url: str | None = None
    admin_url: str | None = None

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> "Settings":
        """Read the settings; nothing is required."""
        state = environment.get("STADTKASSE_STATE")
        return cls(
            state_dir=Path(state).expanduser().resolve() if state else _default_state_dir(),
            database_url=environment.get("DATABASE_URL") or None,
            admin_url=environment.get("DATABASE_ADMIN_URL") or None,
        )


def _default_state_dir() -> Path:
    # Root's home is closed to the account that PostgreSQL needs, and should stay so.
    if os.geteuid() == 0:
        return Path("/var/lib/stadtkasse")
    return platformdirs.user_state_path("stadtkasse")
