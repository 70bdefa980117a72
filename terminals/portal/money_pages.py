"""The pages around a payer's money, to be registered with the portal's others."""

from terminals.portal import (
    auto_pages,
    cases,
    closing,
    missing_transfer,
    movement_detail,
    movements,
    statements,
    top_up,
    top_up_by_hand,
    top_up_return,
)

MONEY_PAGES = (
    top_up.pages, top_up_return.pages, top_up_by_hand.pages, movements.pages,
    movement_detail.pages, statements.pages, auto_pages.pages, cases.pages,
    missing_transfer.pages, closing.pages,
)  # fmt: skip
