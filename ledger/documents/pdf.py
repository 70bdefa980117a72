"""A page as PDF/UA by WeasyPrint, which is an extra: a server without it prints the page.

Nothing is fetched while it is drawn: styles and letters come with the call.
"""

import base64
from collections.abc import Mapping, Sequence
from typing import Any

VARIANT = "pdf/ua-1"
_HEADS = {b"/THead": "/Column", b"/TBody": "/Row"}


class PdfMissing(Exception):
    """WeasyPrint, or a library of the system it needs (Pango), is not on this server."""


def pdf_of(html: str, *, sheet: str, fonts: Mapping[int, bytes] | None = None) -> bytes:
    """The document as a tagged PDF. sheet: its CSS; fonts: WOFF2 of Fira Sans by weight.

    Raises PdfMissing.
    """
    try:
        import weasyprint  # noqa: PLC0415 - an extra; it loads the system's libraries at once
        from weasyprint.text.fonts import FontConfiguration  # noqa: PLC0415
        from weasyprint.urls import URLFetcher  # noqa: PLC0415
    except (ImportError, OSError) as missing:
        raise PdfMissing(str(missing)) from missing
    inside = URLFetcher(allowed_protocols=("data",))
    letters = FontConfiguration()
    styles = weasyprint.CSS(
        string=_faces(fonts or {}) + sheet, font_config=letters, url_fetcher=inside
    )
    drawn: bytes = weasyprint.HTML(string=html, url_fetcher=inside).write_pdf(
        stylesheets=[styles], font_config=letters, pdf_variant=VARIANT, finisher=_say_scopes
    )
    return drawn


def _faces(fonts: Mapping[int, bytes]) -> str:
    return "".join(
        f'@font-face {{ font-family: "Fira Sans"; font-weight: {weight};'
        f' src: url("data:font/woff2;base64,{base64.b64encode(data).decode()}"); }}\n'
        for weight, data in fonts.items()
    )


def _say_scopes(_document: Any, pdf: Any) -> None:
    """PDF/UA wants every head of a table to say what it heads, and WeasyPrint 70 does not."""
    tags = {
        b"%d 0 R" % each.number: each
        for each in pdf.objects
        if hasattr(each, "get") and each.get("Type") == "/StructElem"
    }
    for tag in tags.values():
        if tag.get("S") == "/TH":
            around = _around(tags, tag)
            found = (_HEADS[name] for name in around if name in _HEADS)
            tag["A"]["Scope"] = next(found, "/Column")


def _around(tags: Mapping[bytes, Any], tag: Any) -> Sequence[bytes]:
    """The names of what stands around a tag, from the inside out."""
    names = []
    while (tag := tags.get(tag.get("P"))) is not None:
        names.append(str(tag.get("S")).encode())
    return names
