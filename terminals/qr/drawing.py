"""QR codes as SVG and PNG; the SVG needs no styles, so that no page's policy refuses it."""

from html import escape
from io import BytesIO

import qrcode
from qrcode.constants import ERROR_CORRECT_M
from qrcode.image.pil import PilImage

QUIET = 4  # modules of white around a code, as the standard asks


def draw(text: str | bytes, *, label: str = "QR-Code") -> bytes:
    """The code of `text` as an SVG element: one path, dark on white, attributes only.

    Letters that all belong to QR's alphanumeric set make a smaller code by themselves; bytes stay
    bytes from end to end. label: what a screen reader says.
    """
    rows = _code(text).get_matrix()
    width = len(rows)
    path = "".join(
        f"M{start} {y}h{length}v1h-{length}z"
        for y, row in enumerate(rows)
        for start, length in _runs(row)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {width}" role="img"'
        f' aria-label="{escape(label)}" shape-rendering="crispEdges">'
        f'<rect width="{width}" height="{width}" fill="#fff"/><path fill="#000" d="{path}"/></svg>'
    ).encode()


def png(text: str | bytes) -> bytes:
    """The code of `text` as a PNG to print on a card, ten pixels a module."""
    image = _code(text).make_image(image_factory=PilImage)
    file = BytesIO()
    image.save(file, kind="PNG")
    return file.getvalue()


def _code(text: str | bytes) -> "qrcode.QRCode[PilImage]":
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=QUIET, box_size=10)
    code.add_data(text, optimize=20 if isinstance(text, str) else 0)
    code.make(fit=True)
    return code


def _runs(row: list[bool]) -> list[tuple[int, int]]:
    """Where dark modules begin in a row, and how many there are in one go."""
    runs: list[tuple[int, int]] = []
    for x, is_dark in enumerate(row):
        if not is_dark:
            continue
        if runs and sum(runs[-1]) == x:
            runs[-1] = (runs[-1][0], runs[-1][1] + 1)
        else:
            runs.append((x, 1))
    return runs
