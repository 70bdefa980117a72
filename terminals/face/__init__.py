"""What all pages for citizens share: frame, words, icons, amounts, time and forms.

The parents' portal, pay links, tickets and receipts look and speak alike; who builds one of them
brings templates, words and views, and uses what is here.
"""

from pathlib import Path

from flask import Blueprint

from terminals.face import public_pages
from terminals.face.page import day, money, say

STATIC = Path(__file__).parent / "static"

_shared = Blueprint("face", __name__, template_folder="templates")
# Macros are imported without the names of the page: these they always know.
_shared.add_app_template_global(say, "t")
_shared.add_app_template_global(money, "money")
_shared.add_app_template_global(day, "day")

PAGES: tuple[Blueprint, ...] = (_shared, public_pages.pages)
