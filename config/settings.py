"""Every setting of the product, read from the environment once."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import platformdirs


@dataclass(frozen=True, slots=True)
class Settings:
    """What an installation may choose; docs/operations.md explains each one.

    database_url: `DATABASE_URL`, a PostgreSQL 15 or newer; None starts the embedded server.
    admin_url: `DATABASE_ADMIN_URL`, used by `stadtkasse db upgrade` alone; may create roles.
    state_dir: `STADTKASSE_STATE`, where the embedded server and the demo keep their data.
    signing_key: `STADTKASSE_SIGNING_KEY`, the keys of guest codes; None keeps them in a file.
    proxies: `STADTKASSE_PROXIES`, how many of our own stand before the server and may say for
    whom they ask. session_idle_minutes, session_hours: `STADTKASSE_SESSION_IDLE_MINUTES` and
    `STADTKASSE_SESSION_HOURS`, how long somebody stays signed in without a click, and at most.
    origin: `ORIGIN`, the public address, for links in letters and on paper. smtp_url, mail_from:
    `SMTP_URL` and `MAIL_FROM`, the mail server and the sender; without one letters wait.
    stripe_api_key: `STRIPE_API_KEY`, of the account that takes payments online; None: nobody does.
    stripe_webhook_secret: `STRIPE_WEBHOOK_SECRET`, that signs its messages; two, parted by a
    comma, while they change. stripe_address: `STRIPE_ADDRESS`, where its API is. early_cents:
    `STADTKASSE_EARLY_CREDIT_CENTS`, how much of a wallet's debits on their way counts at once.
    inbox: `STADTKASSE_INBOX`, the watched folder of statements and advices; None: none is.
    finance_mail: `FINANCE_MAIL`, who gets the morning's numbers and the alarm for a missing
    night; several are parted by commas.
    """

    state_dir: Path
    database_url: str | None = None
    admin_url: str | None = None
    signing_key: str | None = field(default=None, repr=False)
    proxies: int = 0
    session_idle_minutes: int = 30
    session_hours: int = 12
    origin: str | None = None
    smtp_url: str | None = field(default=None, repr=False)
    mail_from: str = "Stadtkasse <stadtkasse@localhost>"
    stripe_api_key: str | None = field(default=None, repr=False)
    stripe_webhook_secret: str = field(default="", repr=False)
    stripe_address: str = "https://api.stripe.com"
    early_cents: int = 5000
    inbox: Path | None = None
    finance_mail: tuple[str, ...] = ()

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> "Settings":
        """Read the settings; nothing is required. Raises ValueError for a number that is none."""
        state = environment.get("STADTKASSE_STATE")
        inbox = environment.get("STADTKASSE_INBOX")
        return cls(
            state_dir=Path(state).expanduser().resolve() if state else _default_state_dir(),
            database_url=environment.get("DATABASE_URL") or None,
            admin_url=environment.get("DATABASE_ADMIN_URL") or None,
            signing_key=environment.get("STADTKASSE_SIGNING_KEY") or None,
            proxies=int(environment.get("STADTKASSE_PROXIES") or 0),
            session_idle_minutes=int(environment.get("STADTKASSE_SESSION_IDLE_MINUTES") or 30),
            session_hours=int(environment.get("STADTKASSE_SESSION_HOURS") or 12),
            origin=(environment.get("ORIGIN") or "").rstrip("/") or None,
            smtp_url=environment.get("SMTP_URL") or None,
            mail_from=environment.get("MAIL_FROM") or "Stadtkasse <stadtkasse@localhost>",
            stripe_api_key=environment.get("STRIPE_API_KEY") or None,
            stripe_webhook_secret=environment.get("STRIPE_WEBHOOK_SECRET") or "",
            stripe_address=environment.get("STRIPE_ADDRESS") or "https://api.stripe.com",
            early_cents=int(environment.get("STADTKASSE_EARLY_CREDIT_CENTS") or 5000),
            inbox=Path(inbox).expanduser().resolve() if inbox else None,
            finance_mail=_addresses(environment.get("FINANCE_MAIL") or ""),
        )


def _addresses(named: str) -> tuple[str, ...]:
    return tuple(each.strip() for each in named.split(",") if each.strip())


def _default_state_dir() -> Path:
    # Root's home is closed to the account that PostgreSQL needs, and should stay so.
    if os.geteuid() == 0:
        return Path("/var/lib/stadtkasse")
    return platformdirs.user_state_path("stadtkasse")
