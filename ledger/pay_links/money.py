"""Money for a pay link: booked once per payment, whatever became of the link meanwhile.

Who pays an old link after the counter, twice, or an amount that has changed loses nothing: what
the link needs settles it, the rest lies on the account for unclear money and goes back.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID, uuid5

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from ledger.calendar import CITY_TIME, business_day
from ledger.catalogue.posted import posted_catalogue
from ledger.charges import charge, find_charge
from ledger.claims import settle_claims
from ledger.entries import Dimensions, Entry, Outcome, Posted
from ledger.journal import post
from ledger.locks import share_fence
from ledger.money import Money
from ledger.outcomes import ServiceOutcome
from ledger.pay_links.links import PayLinkRefused, charge_of
from ledger.pay_links.standing import Standing, locked_standing
from ledger.periods import first_open_day
from ledger.tables.pay_links import pay_link_notice, pay_link_payment
from ledger.tenders import CONTROL_ACCOUNTS
from ledger.wallets import top_up

CLAIMS = CONTROL_ACCOUNTS["invoice"]


class PayLinkNotBooked(PayLinkRefused):
    """The books refused even to take the money as unclear; nothing was written."""


@dataclass(frozen=True, slots=True)
class Received:
    """What a payment was used for, and what of it goes back; `entry_id` booked it.

    use: "settles", "part", "credit", "unclear" or "too_much", as in table pay_link_payment.
    is_new: False where it was booked before.
    """

    use: str
    entry_id: int
    back_cents: int
    is_new: bool


def receive(
    session: Session, link: UUID, *, payment: UUID, amount_cents: int, at: datetime
) -> Received:
    """Book money the provider received for a link, once per payment.

    at: aware, when it was paid. Raises UnknownPayLink and PayLinkNotBooked.
    """
    share_fence(session)
    now = locked_standing(session, link)
    if known := _known(session, payment):
        return known
    use, entry_id, back = _Taking(session, now, payment, amount_cents, at).use()
    row = {
        "payment": payment, "link": link, "way": "online", "use": use, "back_cents": back,
        "amount_cents": amount_cents, "entry_id": entry_id, "paid_at": at,
    }  # fmt: skip
    session.execute(insert(pay_link_payment), [row])
    return Received(use, entry_id, back, is_new=True)


def issue_notice(session: Session, link: UUID, *, at: datetime) -> ServiceOutcome:
    """Make the fee of a link a claim: rule 26, once per link; its reference then settles it.

    Raises UnknownPayLink, and PayLinkRefused: pay_link_of_wallet, pay_link_over.
    """
    share_fence(session)
    now = locked_standing(session, link)
    if now.kind != "fee":
        raise PayLinkRefused("pay_link_of_wallet", link=str(link))
    if now.notice is None and (now.paid_at is not None or now.withdrawn_at is not None):
        raise PayLinkRefused("pay_link_over", link=str(link))
    key = uuid5(link, "notice")
    if now.notice is not None:
        known = find_charge(session, now.notice)
        assert known is not None
        assert known.entry_id is not None
        return Posted(now.notice, known.entry_id, replayed=True)
    request = charge_of(now, key=key, way="invoice", at=at, receipt_number=now.reference)
    (outcome,) = charge(session, posted_catalogue(session), [request])
    if isinstance(outcome, Posted):
        row = {"link": link, "charge": key, "noticed_at": at}
        session.execute(insert(pay_link_notice), [row])
    return outcome


def transfer_due(session: Session, link: UUID, amount_cents: int) -> Standing | None:
    """The link, if a transfer of exactly this amount is what it waits for; its fee is a claim then.

    None where it was paid or withdrawn, the amount differs, or the books refuse the claim: such
    money is for people to look at.
    """
    now = locked_standing(session, link)
    is_over = now.paid_at is not None or now.withdrawn_at is not None
    if is_over or not now.takes_transfers or amount_cents != now.amount_cents or now.part_cents:
        return None
    if now.wallet is None and now.notice is None:
        # The claim arose with the link, on the day whose prices it has.
        day = first_open_day(session, business_day(now.made_at))
        is_late = day != business_day(now.made_at)
        at = datetime.combine(day, time(12), CITY_TIME) if is_late else now.made_at
        if not isinstance(issue_notice(session, link, at=at), Posted):
            return None
    return now


def note_transfer(
    session: Session, link: UUID, *, key: UUID, amount_cents: int, entry_id: int, at: datetime
) -> None:
    """The bank's money settled the claim of a link, by this entry. `key`: of the bank's line."""
    row = {
        "payment": key, "link": link, "way": "transfer", "use": "settles", "back_cents": 0,
        "amount_cents": amount_cents, "entry_id": entry_id, "paid_at": at,
    }  # fmt: skip
    session.execute(insert(pay_link_payment), [row])


def _known(session: Session, payment: UUID) -> Received | None:
    columns = (
        pay_link_payment.c.use, pay_link_payment.c.entry_id, pay_link_payment.c.back_cents,
    )  # fmt: skip
    row = session.execute(select(*columns).where(pay_link_payment.c.payment == payment))
    found = row.one_or_none()
    return None if found is None else Received(*found, is_new=False)


@dataclass(frozen=True, slots=True)
class _Taking:
    """One payment as it meets its link."""

    session: Session
    link: Standing
    payment: UUID
    amount_cents: int
    at: datetime

    def use(self) -> tuple[str, int, int]:
        """What the money is for, the entry that took it, and what of it goes back."""
        is_over = self.link.paid_at is not None or self.link.withdrawn_at is not None
        if self.link.wallet is not None:
            settling = "settles" if self.amount_cents >= self.link.due_cents else "part"
            return "credit" if is_over else settling, self.onto_wallet(self.link.wallet), 0
        if is_over:
            return "too_much", self.unclear(self.payment, self.amount_cents), self.amount_cents
        if self.amount_cents < self.link.due_cents:
            return "part", self.unclear(self.payment, self.amount_cents), 0
        outcome = self.settle()
        if not isinstance(outcome, Posted):
            return "unclear", self.unclear(self.payment, self.amount_cents), 0
        if self.link.part_cents:
            # The parts lay on the account for unclear money; the fee has taken them now.
            self.post("part_payment_used", uuid5(self.payment, "parts"), self.link.part_cents)
        back = self.amount_cents - self.link.due_cents
        if back:
            self.unclear(uuid5(self.payment, "rest"), back)
        return "settles", outcome.entry_id, back

    def settle(self) -> ServiceOutcome:
        """The claim is paid, or the fee is charged, by the link's own key: exactly once."""
        link = self.link
        if link.notice is not None:
            key, roles = uuid5(link.id, "paid"), {"claim": CLAIMS}
            entry = self.entry("claim_paid_online", key, link.amount_cents, roles)
            return post(self.session, [entry])[0]
        request = charge_of(
            link, key=uuid5(link.id, "charge"), way="online", at=self.at,
            receipt_number=link.receipt_number,
        )  # fmt: skip
        return charge(self.session, posted_catalogue(self.session), [request])[0]

    def onto_wallet(self, wallet: str) -> int:
        outcome = top_up(
            self.session, wallet, Money(self.amount_cents), key=uuid5(self.payment, "wallet"),
            way="online", booked_on=self.day, reference=self.link.receipt_number,
        )  # fmt: skip
        entry_id = self.entry_id(outcome)
        settle_claims(self.session, at=self.at, wallets=[wallet])  # the bill it was asked for
        return entry_id

    def unclear(self, key: UUID, cents: int) -> int:
        return self.post("online_unclear", uuid5(key, "unclear"), cents)

    def post(self, event: str, key: UUID, cents: int) -> int:
        return self.entry_id(post(self.session, [self.entry(event, key, cents, {})])[0])

    def entry(self, event: str, key: UUID, cents: int, roles: Mapping[str, str]) -> Entry:
        catalogue = posted_catalogue(self.session)
        house = catalogue.facilities.get(self.link.facility or "")
        where = Dimensions(house.code, cost_centre=house.cost_centre) if house else Dimensions()
        transfers = catalogue.rulebook.transfers(
            event, amounts={"amount": cents}, roles=roles, dimensions=where
        )
        return Entry(key, event, self.day, transfers, reference=self.link.receipt_number)

    @property
    def day(self) -> date:
        return first_open_day(self.session, business_day(self.at))

    def entry_id(self, outcome: Outcome) -> int:
        if not isinstance(outcome, Posted):
            code = getattr(outcome, "code", "refused")
            raise PayLinkNotBooked(code, link=str(self.link.id))
        return outcome.entry_id
