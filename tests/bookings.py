"""Random bookings over a small chart with everything in it: what hypothesis draws from."""

from datetime import timedelta
from uuid import UUID

from hypothesis import strategies as st
from sqlalchemy.orm import Session

from ledger.accounts import open_account, open_sub_account
from ledger.entries import Dimensions, Entry, Transfer
from ledger.money import Money
from tests.builders import BANK, CLEARING, DAY, REVENUE, TAX, a_chart, a_wallet
from tests.model import Prepaid

DAYS = [DAY + timedelta(days=n) for n in range(5)]
WALLETS = ["371000/W-000001", "371010/W-000001", "371010/W-000002"]
TILL = "183000/B01-1"  # an asset that may not go below zero: cash cannot
PREPAID = {
    WALLETS[0]: Prepaid(floor=-1500), WALLETS[1]: Prepaid(), WALLETS[2]: Prepaid(),
    TILL: Prepaid(normal=-1),
}  # fmt: skip
EURO = [BANK, CLEARING, REVENUE, TAX, *PREPAID]
FRANKEN = ["900000", "900001"]
NOBODY = UUID(int=0)

cents = st.sampled_from([1, 37, 300, 500, 1000])
days = st.sampled_from(DAYS)
pairs = st.one_of(
    st.permutations(EURO).map(lambda codes: ("EUR", *codes[:2])),
    st.sampled_from(WALLETS).map(lambda wallet: ("EUR", wallet, REVENUE)),
    st.sampled_from(WALLETS).map(lambda wallet: ("EUR", BANK, wallet)),
    st.permutations(FRANKEN).map(lambda codes: ("CHF", *codes)),
)
transfers = st.builds(
    lambda pair, amount, case: Transfer(
        pair[1], pair[2], Money(amount, pair[0]), Dimensions(facility="B01", case_reference=case)
    ),
    pairs, cents, st.sampled_from([None, None, "02.12-2026-004711"]),
)  # fmt: skip
bookings = st.builds(
    lambda day, lines: Entry(NOBODY, "sale", day, tuple(lines)),
    days, st.lists(transfers, min_size=1, max_size=3),
)  # fmt: skip


def open_all(session: Session) -> None:
    """Open every account; the prepaid ones in the order of `PREPAID`."""
    a_chart(session)
    a_wallet(session, 1, control="371000")
    a_wallet(session, 1)
    a_wallet(session, 2)
    open_account(session, "183000", name="Kassen", kind="asset", guarded=True, is_control=True)
    open_sub_account(session, "183000", "B01-1", title="Kasse")
    for code, kind in zip(FRANKEN, ("asset", "income"), strict=True):
        open_account(session, code, name="Franken", kind=kind, currency="CHF")
