"""Pay links: a fee of an office or an open bill of a wallet, to be paid from anywhere, once.

`links` makes and changes them, `standing` says what became of one, `money` books what comes for
one: online by its address, by transfer with its reference. Money is taken whatever happened to
the link meanwhile; what it is not needed for goes back.
"""

from ledger.pay_links.giving_back import give_fee_back
from ledger.pay_links.links import (
    Link,
    LinkAsked,
    PayLinkRefused,
    change_link,
    make_link,
    wish_new_link,
    withdraw_link,
)
from ledger.pay_links.money import (
    Received,
    issue_notice,
    note_transfer,
    receive,
    transfer_due,
)
from ledger.pay_links.standing import Standing, find_link, link_by_token, standing_of

__all__ = [
    "Link", "LinkAsked", "PayLinkRefused", "Received", "Standing", "change_link", "find_link",
    "give_fee_back", "issue_notice", "link_by_token", "make_link", "note_transfer", "receive",
    "standing_of", "transfer_due", "wish_new_link", "withdraw_link",
]  # fmt: skip
