"""The pages of tickets: the shop, and what was bought."""

from flask import Blueprint

from terminals.gate import shop, ticket_pages

PAGES: tuple[Blueprint, ...] = (shop.pages, ticket_pages.pages)
