"""A GiroCode as SVG for a page and as PNG to save; always black on white, level M."""

from terminals.girocode.payload import BYTES_MAX
from terminals.qr.drawing import draw, png


def girocode_svg(payload: str, *, label: str = "GiroCode") -> bytes:
    """The code as an SVG element without styles; `label`: what a screen reader says it is for."""
    return draw(_bytes(payload), label=label)


def girocode_png(payload: str) -> bytes:
    """The code as a PNG, ten pixels a module."""
    return png(_bytes(payload))


def _bytes(payload: str) -> bytes:
    """One run of bytes: some banking apps stumble over a code that changes its mode within."""
    data = payload.encode()
    assert len(data) <= BYTES_MAX  # then it is version 13 at most
    return data
