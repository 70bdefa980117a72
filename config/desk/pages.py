"""All pages of the desk, to be registered by the application."""

from config.desk import (
    approvals,
    cases,
    clearing,
    closings,
    devices,
    families,
    gates,
    online_refunds,
    payments,
    subsidies,
    tills,
)

PAGES = (
    approvals.pages,
    cases.pages,
    closings.pages,
    payments.pages,
    online_refunds.pages,
    clearing.pages,
    subsidies.pages,
    tills.pages,
    gates.pages,
    devices.pages,
    families.pages,
)
