"""Receipts and slips: one value, drawn on a receipt printer, on an 80 mm sheet or on a page."""
