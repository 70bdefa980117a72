"""The signing keys of guest codes: given by the environment, or made once in the state folder."""

import os
import secrets
from functools import cache
from pathlib import Path

from config.settings import Settings
from terminals.qr.keys import KeyRing, read_ring, with_new_key

FILE = "guest-code-keys"
VARIABLE = "STADTKASSE_SIGNING_KEY"


class SigningKeyTrouble(Exception):
    """The key ring cannot be read, written or is none; the sentence says where and why."""


@cache
def guest_keys() -> KeyRing:
    """The ring of this installation, as the environment says it; read once.

    Raises SigningKeyTrouble.
    """
    return key_ring(Settings.from_environment())


def key_ring(settings: Settings) -> KeyRing:
    """The ring of these settings; the first time, without one, makes it, for its owner alone.

    Raises SigningKeyTrouble.
    """
    source = VARIABLE if settings.signing_key else str(settings.state_dir / FILE)
    try:
        return read_ring(settings.signing_key or _kept(settings.state_dir / FILE))
    except (ValueError, OSError) as wrong:
        raise SigningKeyTrouble(f"{source}: {wrong}") from wrong


def add_key(settings: Settings) -> KeyRing:
    """Sign with a new key from the next start on; codes of the old ones go on holding.

    Raises SigningKeyTrouble, also where the ring is the environment's.
    """
    if settings.signing_key:
        raise SigningKeyTrouble(f"{VARIABLE} holds the keys: add a line to it there.")
    path = settings.state_dir / FILE
    try:
        draft = _draft(path, with_new_key(_kept(path)))
        os.replace(draft, path)
    except (ValueError, OSError) as wrong:
        raise SigningKeyTrouble(f"{path}: {wrong}") from wrong
    return key_ring(settings)


def _kept(path: Path) -> str:
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = _draft(path, with_new_key())
        try:
            # Whoever links first has made the ring; everybody else sees it whole or not at all.
            os.link(draft, path)
        except FileExistsError:
            return path.read_text("ascii")
        finally:
            draft.unlink()
    return path.read_text("ascii")


def _draft(path: Path, text: str) -> Path:
    """The text in a file beside `path` that was its owner's alone from its first moment."""
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    opened = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(opened, "w", encoding="ascii") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    return draft
