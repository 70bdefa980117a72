"""A second paying household for a child: invited by mail, with its own wallet and its own view.

Neither learns the other's name, address, balance or subsidy: what they share is a child, a
pattern of days, and that somebody else pays the other ones.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Row, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ledger.calendar import business_day
from ledger.errors import LedgerError, constraint_of
from ledger.households import UnknownChild, children_of
from ledger.shared_children import MONDAY_TO_FRIDAY, end_sharing, next_monday, share_child
from ledger.wallets import open_wallet
from terminals.face.words import words_of
from terminals.mail.letters import Letter, address, post_letter
from terminals.portal.errors import InvitationRefused
from terminals.portal.payers import Payer, add_payer, payer_by_email, payer_of
from terminals.portal.sessions import hash_of
from terminals.portal.tables import invitation, payer

VALID = timedelta(days=7)
MOST_A_DAY = 5  # what is sent to an address of somebody else's choosing


@dataclass(frozen=True, slots=True)
class Invitation:
    """An invitation and what became of it.

    weekdays: ISO numbers the second household pays; None: every other week. state: "invited",
    "accepted", "declined", "revoked", "expired" or "ended". is_own: this payer sent it. email:
    where it went, for who sent it alone and until it was answered.
    """

    id: UUID
    child: str
    weekdays: tuple[int, ...] | None
    state: str
    made_at: datetime
    expires_at: datetime
    is_own: bool
    email: str | None = None


def invite(
    session: Session, by: Payer, child: str, *, email: str, weekdays: Sequence[int] | None,
    key: UUID, at: datetime,
) -> Invitation:  # fmt: skip
    """Ask somebody to pay for a child of this payer; `email` is normal; the same key asks once.

    Raises UnknownChild for a child that is not theirs alone to share, and InvitationRefused:
    invitation_own, invitation_pattern, invitation_pending, invitation_too_many.
    """
    again = (invitation.c.id == key) & (invitation.c.payer == by.code)
    if (row := session.execute(select(invitation).where(again)).one_or_none()) is not None:
        return _shown(row, by.code, at)
    own = children_of(session, by.wallet, on=business_day(at))
    if child not in {one.code for one in own if one.wallet == by.wallet}:
        raise UnknownChild(child)
    days = None if weekdays is None else tuple(sorted(set(weekdays)))
    if days is not None and not (days and MONDAY_TO_FRIDAY.issuperset(days)):
        raise InvitationRefused("invitation_pattern")
    if email == by.email:
        raise InvitationRefused("invitation_own")
    lately = select(func.count()).where(
        invitation.c.payer == by.code, invitation.c.made_at > at - timedelta(days=1)
    )
    if (session.scalar(lately) or 0) >= MOST_A_DAY:
        raise InvitationRefused("invitation_too_many")
    _expire(session, at)
    token = secrets.token_urlsafe(32)
    made = Invitation(key, child, days, "invited", at, at + VALID, is_own=True, email=email)
    _insert(session, made, by, token)
    post_letter(session, _letter_of_invitation(made, by.language, token), key=made.id)
    return made


def find_invitation(session: Session, token: str, *, at: datetime) -> Invitation | None:
    """The invitation this token shows, at any state; without the address it went to."""
    row = session.execute(_of_token(token)).one_or_none()
    return None if row is None else _shown(row, "", at)


def invitations_of(session: Session, known: Payer, *, at: datetime) -> list[Invitation]:
    """What this payer sent or accepted, the newest first; what ended long ago is left out."""
    rows = session.execute(
        select(invitation)
        .where(
            (invitation.c.payer == known.code) | (invitation.c.accepted_by == known.code),
            invitation.c.state.in_(("invited", "accepted"))
            | (invitation.c.changed_at > at - timedelta(days=30)),
        )
        .order_by(invitation.c.made_at.desc())
    )
    return [_shown(row, known.code, at) for row in rows]


def accept(session: Session, token: str, known: Payer, *, at: datetime) -> Invitation:
    """This payer pays for the child on these days, from next Monday on.

    Raises InvitationRefused: invitation_over, invitation_own.
    """
    row = _open(session, token, at)
    if row.payer == known.code:
        raise InvitationRefused("invitation_own")
    try:
        with session.begin_nested():
            share_child(
                session, row.child, wallet=known.wallet, weekdays=row.pattern["weekdays"],
                valid_from=next_monday(business_day(at)), at=at,
            )  # fmt: skip
    except LedgerError as refused:
        raise InvitationRefused("invitation_over") from refused
    accepted = {"state": "accepted", "accepted_by": known.code}
    _change(session, row.id, accepted, at)
    _tell(session, row.payer, "accepted")
    return _shown(session.execute(_of_token(token)).one(), known.code, at)


def newcomer(session: Session, token: str, *, language: str, at: datetime) -> Payer | None:
    """A new payer at the address the invitation went to: whoever holds it has read it there.

    None where somebody has this address already, who then signs in first.
    """
    row = _open(session, token, at)
    if payer_by_email(session, row.email) is not None:
        return None
    own = open_wallet(session, kind="kita", key=uuid4())
    return add_payer(session, row.email, language=language, wallet=own.code, at=at)


def decline(session: Session, token: str, *, at: datetime) -> None:
    """Say no; the address is forgotten. Raises InvitationRefused (invitation_over)."""
    row = _open(session, token, at)
    _change(session, row.id, {"state": "declined"}, at)
    _tell(session, row.payer, "declined")


def revoke(session: Session, by: Payer, invitation_id: UUID, *, at: datetime) -> bool:
    """Take an own invitation back while nobody answered; False where there is none."""
    open_own = (invitation.c.payer == by.code) & (invitation.c.state == "invited")
    found = select(invitation.c.id).where(invitation.c.id == invitation_id, open_own)
    if session.scalar(found.with_for_update()) is None:
        return False
    _change(session, invitation_id, {"state": "revoked"}, at)
    return True


def end(session: Session, by: Payer, invitation_id: UUID, *, at: datetime) -> bool:
    """Either of the two ends it, from next Monday on; False where there is nothing to end."""
    row = session.execute(
        select(invitation)
        .where(
            invitation.c.id == invitation_id,
            (invitation.c.payer == by.code) | (invitation.c.accepted_by == by.code),
            invitation.c.state == "accepted",
        )
        .with_for_update()
    ).one_or_none()
    if row is None:
        return False
    try:
        end_sharing(session, by.wallet, row.child, at=at)
    except UnknownChild:
        return False
    _change(session, row.id, {"state": "ended"}, at)
    _tell(session, row.accepted_by if row.payer == by.code else row.payer, "ended")
    return True


def withdraw_all(session: Session, by: Payer, *, at: datetime) -> None:
    """End and take back everything this payer shares, before they are forgotten."""
    for one in invitations_of(session, by, at=at):
        if one.state == "accepted":
            end(session, by, one.id, at=at)
        elif one.is_own:
            revoke(session, by, one.id, at=at)


def _insert(session: Session, made: Invitation, by: Payer, token: str) -> None:
    days = None if made.weekdays is None else list(made.weekdays)
    row = {
        "id": made.id, "token_hash": hash_of(token), "payer": by.code, "child": made.child,
        "pattern": {"weekdays": days}, "email": made.email, "made_at": made.made_at,
        "expires_at": made.expires_at, "state": "invited", "changed_at": made.made_at,
    }  # fmt: skip
    try:
        with session.begin_nested():
            session.execute(insert(invitation), [row])
    except IntegrityError as twin:
        if constraint_of(twin) == "invitation_one_at_a_time":
            raise InvitationRefused("invitation_pending") from twin
        raise


def _open(session: Session, token: str, at: datetime) -> Row[Any]:
    row = session.execute(_of_token(token).with_for_update()).one_or_none()
    if row is None or row.state != "invited" or row.expires_at <= at:
        raise InvitationRefused("invitation_over")
    return row


def _of_token(token: str) -> Any:
    return select(invitation).where(invitation.c.token_hash == hash_of(token))


def _expire(session: Session, at: datetime) -> None:
    """Of all that nobody answered in time: where they went is not kept any longer."""
    over = (invitation.c.state == "invited") & (invitation.c.expires_at <= at)
    session.execute(
        update(invitation).where(over).values(state="revoked", email=None, changed_at=at)
    )


def _change(session: Session, invitation_id: UUID, values: dict[str, Any], at: datetime) -> None:
    session.execute(
        update(invitation)
        .where(invitation.c.id == invitation_id)
        .values(values | {"email": None, "changed_at": at})
    )


def _shown(row: Row[Any], viewer: str, at: datetime) -> Invitation:
    days = row.pattern["weekdays"]
    is_own = row.payer == viewer
    state = "expired" if row.state == "invited" and row.expires_at <= at else row.state
    return Invitation(
        row.id, row.child, None if days is None else tuple(days), state, row.made_at,
        row.expires_at, is_own, row.email if is_own else None,
    )  # fmt: skip


def _letter_of_invitation(made: Invitation, language: str, token: str) -> Letter:
    assert made.email is not None
    say = words_of(language)
    return Letter(
        made.email, language, say("mail.invite.subject"),
        (say("mail.invite.text"), say("mail.invite.valid")),
        (say("mail.invite.button"), address(f"/portal/einladung/{token}")),
    )  # fmt: skip


def _tell(session: Session, code: str, what: str) -> None:
    """What became of it, to the other one, if there is still somebody to tell."""
    there = select(payer.c.code).where(payer.c.code == code, payer.c.erased_at.is_(None))
    if session.scalar(there) is None:
        return
    known = payer_of(session, code)
    say = words_of(known.language)
    letter = Letter(
        known.email, known.language, say("mail.shared.subject"), (say(f"mail.shared.{what}"),),
        (say("mail.shared.button"), address("/portal/mehr/weitere-person")),
    )  # fmt: skip
    post_letter(session, letter, key=uuid4())
