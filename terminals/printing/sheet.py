"""A receipt in a browser: as an 80 mm sheet to print, and as the page behind its QR code.

Both carry the same blocks as the paper of a receipt printer. Styles come from one file that
whoever serves the page serves beside it, since its security policy allows none inside.
"""

import secrets
from importlib import resources

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from terminals.printing import words
from terminals.printing.content import Code, content
from terminals.printing.receipt import Receipt
from terminals.qr.drawing import draw

_TEMPLATES = Environment(
    loader=PackageLoader("terminals.printing"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def sheet(receipt: Receipt, *, stylesheet: str) -> str:
    """The receipt as an HTML document of 80 mm paper; `stylesheet` is the address of its styles."""
    return _drawn("sheet.html", receipt, stylesheet)


def page(receipt: Receipt, *, stylesheet: str) -> str:
    """The electronic receipt as guests see it on their phone; whoever has its address sees it."""
    return _drawn("page.html", receipt, stylesheet)


def styles() -> str:
    """The one file of styles for sheets and pages."""
    return resources.files(__package__).joinpath("templates/receipt.css").read_text("utf-8")


def new_token() -> str:
    """What makes the address of an electronic receipt unguessable: 128 random bits, 26 letters.

    Capitals and digits alone, which keeps the QR code of an address in capitals small.
    """
    return "".join(secrets.choice(_LETTERS) for _ in range(26))


_LETTERS = "0123456789ABCDEFGHJKLMNPQRSTUVWX"  # 32 of them, 5 bits each


def _drawn(template: str, receipt: Receipt, stylesheet: str) -> str:
    blocks = [(type(block).__name__.lower(), block) for block in content(receipt)]
    if template == "page.html":  # its reader is already there
        blocks = [
            (kind, block)
            for kind, block in blocks
            if not (isinstance(block, Code) and receipt.kind in {"sale", "copy", "void", "refund"})
        ]
    return _TEMPLATES.get_template(template).render(
        receipt=receipt,
        title=words.title(receipt.kind, receipt.language)
        or words.phrase("number", receipt.language),
        blocks=blocks,
        stylesheet=stylesheet,
        code=lambda text: Markup(draw(text).decode()),  # noqa: S704 - drawn by us, attributes only
    )
