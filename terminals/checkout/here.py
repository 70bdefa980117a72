"""What pages around payments ask of the application: who takes money, and where we are found."""

from typing import cast

from flask import current_app, request

from terminals.checkout.provider import Provider


def provider() -> Provider | None:
    """Who takes money online for us; None where nobody is set up."""
    return cast("Provider | None", current_app.extensions.get("provider"))


def origin() -> str:
    """Where we are found, without a slash at the end: as configured, else as we were asked."""
    configured = current_app.config.get("ORIGIN")
    return str(configured or request.host_url).rstrip("/")
