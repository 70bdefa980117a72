"""A fee of the demonstration that waits to be paid: behind a link, and as a notice."""

from datetime import UTC, date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from config.demo.chance import key_of
from ledger.baskets import BasketLine
from ledger.pay_links import LinkAsked, issue_notice, make_link
from terminals.pay_links.addresses import link_path

OFFICE, FEE = "A01", "PA24"


def wait_for_a_fee(session: Session, today: date) -> tuple[str, str]:
    """Paths of today's two links: an identity card that was asked for, and a notice to print."""
    link, notice = (_link(session, today, what) for what in ("link", "notice"))
    issue_notice(session, notice[0], at=datetime.now(UTC))
    return link_path(link[1]), f"{link_path(notice[1])}/bescheid"


def _link(session: Session, today: date, what: str) -> tuple[UUID, str]:
    key = key_of("pay link", what, today)
    case = f"32-{today:%Y%m%d}-{1 if what == 'link' else 2}"
    asked = LinkAsked(
        key, "demo", datetime.now(UTC), OFFICE,
        (BasketLine(FEE, case_reference=case),), case_reference=case,
    )  # fmt: skip
    made = make_link(session, asked)
    return made.id, made.token
