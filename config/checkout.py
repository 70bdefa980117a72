"""The provider of online payments, as the settings name it."""

from config.settings import Settings
from terminals.checkout.provider import Provider, provider_to


def provider_from(settings: Settings) -> Provider | None:
    """Who takes payments online for us; None where no key is set. Raises ValueError with a
    sentence for a key or an address that cannot be meant."""
    if settings.stripe_api_key is None:
        return None
    secrets = [each.strip() for each in settings.stripe_webhook_secret.split(",")]
    return provider_to(
        settings.stripe_api_key,
        secrets=[each for each in secrets if each],
        address=settings.stripe_address,
        early_cents=settings.early_cents,
    )
