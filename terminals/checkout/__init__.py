"""Online payments: hosted payment pages, webhooks, what follows; booked once, whoever says it.

`payments` begins and settles them, `inbox` works off what the provider tells, `refunds` gives
money back, `sweep` looks every night after what nobody told, `auto_top_up` fills wallets up.
`purposes` says what money of a kind books; `provider` is the only one who speaks to Stripe.
"""

from flask import Blueprint

from terminals.checkout import webhooks

PAGES: tuple[Blueprint, ...] = (webhooks.pages,)
