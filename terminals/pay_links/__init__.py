"""Pay links: a fee or a claim behind an address of the city's own, paid online or at a counter.

Also what everybody may ask without an account: an electronic receipt, whether a receipt is
genuine, and how the books prove that nobody changed them.
"""

from flask import Blueprint

from terminals.pay_links.books_page import books_pages
from terminals.pay_links.pages import pages
from terminals.pay_links.receipts import receipt_pages
from terminals.pay_links.verify import verify_pages

PAGES: tuple[Blueprint, ...] = (pages, receipt_pages, verify_pages, books_pages)
