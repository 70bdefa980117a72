"""The pages of a payer's account: ways in, the list, devices, address, sharing and the own data."""

from terminals.portal import (
    data_pages,
    device_pages,
    email_pages,
    entry_pages,
    first_pages,
    invitation_pages,
    more_pages,
    passkey_pages,
    sharing_pages,
)

ACCOUNT_PAGES = (
    entry_pages.pages,
    first_pages.pages,
    passkey_pages.pages,
    more_pages.pages,
    device_pages.pages,
    email_pages.pages,
    sharing_pages.pages,
    invitation_pages.pages,
    data_pages.pages,
)
