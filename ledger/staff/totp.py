"""Six digits that change every 30 seconds (RFC 6238), each taken once."""

import hmac
from datetime import datetime

import pyotp

STEP_SECONDS = 30
WINDOW = 1  # steps: a telephone's clock may be half a minute off, either way
DIGITS = 6
ISSUER = "Stadtkasse"


def new_secret() -> str:
    """160 random bits as base32, as RFC 4226 recommends."""
    return pyotp.random_base32(32)


def matching_step(secret: str, code: str, *, at: datetime, after: int | None) -> int | None:
    """The step this code belongs to: in the window around `at`, and newer than step `after`.

    None for a wrong code and for one that was used, or could have been seen in use.
    """
    given = code.replace(" ", "").encode()
    now = int(at.timestamp()) // STEP_SECONDS
    found = None
    for step in range(now - WINDOW, now + WINDOW + 1):
        is_right = hmac.compare_digest(code_of(secret, step).encode(), given)
        if is_right and (after is None or step > after):
            found = step
    return found


def code_of(secret: str, step: int) -> str:
    """The six digits of one step, counted from 1970 in 30 s."""
    return pyotp.TOTP(secret, digits=DIGITS, interval=STEP_SECONDS).generate_otp(step)


def setup_address(secret: str, *, login: str, city: str) -> str:
    """What the QR code at the first sign-in says: `otpauth://totp/…`."""
    totp = pyotp.TOTP(secret, digits=DIGITS, interval=STEP_SECONDS)
    return totp.provisioning_uri(name=login, issuer_name=f"{ISSUER} {city}")
