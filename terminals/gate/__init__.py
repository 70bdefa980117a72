"""Admission: signed tickets and passes, bought online, checked at gates that may be offline."""

from pathlib import Path

STATIC = Path(__file__).parent / "static"
