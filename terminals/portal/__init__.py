"""The parents' portal: one wallet for all children of a household, on a phone first."""

from flask import Blueprint

from terminals.portal.account_pages import ACCOUNT_PAGES
from terminals.portal.family_pages import FAMILY_PAGES
from terminals.portal.money_pages import MONEY_PAGES

PAGES: tuple[Blueprint, ...] = (*ACCOUNT_PAGES, *FAMILY_PAGES, *MONEY_PAGES)
