"""Activation codes: eight characters on the daycare's letter that open a child's wallet, once.

Forty bits can be tried on a machine of one's own, so a code is kept as a slow hash: whoever has
the table alone would need a thousand years. At the door five mistakes end in a break.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from ledger.households import Child, UnknownChild
from ledger.permissions import Caller
from ledger.staff.audit import record
from ledger.tables.services import child
from terminals.enrolment import ALPHABET
from terminals.portal.errors import CodeRefused
from terminals.portal.tables import activation_code
from terminals.portal.throttle import Asking, note, wait_of_source

LENGTH = 8
VALID = timedelta(days=365)  # a letter lies in a drawer until the first day at the daycare

# 16 MiB and some 50 ms a code. The salt is the same for all: a code is found by its hash.
_SLOWLY = partial(hashlib.scrypt, salt=b"activation code", n=2**14, r=8, p=1, dklen=32)


@dataclass(frozen=True, slots=True)
class MadeCode:
    """A new code, shown on its letter and nowhere else."""

    code: str
    child: str
    facility: str

    @property
    def spoken(self) -> str:
        """In two halves, as people read it."""
        return f"{self.code[:4]} {self.code[4:]}"


@dataclass(frozen=True, slots=True)
class OpenCode:
    """A code that can be used, and the child it is for."""

    code_hash: bytes
    child: Child


def make_code(session: Session, by: Caller, child_code: str, *, at: datetime) -> MadeCode:
    """A new code for this child, good for a year; an earlier one that nobody used ends.

    Raises UnknownChild.
    """
    facility = session.scalar(select(child.c.facility).where(child.c.code == child_code))
    if facility is None:
        raise UnknownChild(child_code)
    made = MadeCode("".join(secrets.choice(ALPHABET) for _ in range(LENGTH)), child_code, facility)
    in_hand = (activation_code.c.child == child_code) & activation_code.c.used_at.is_(None)
    session.execute(
        update(activation_code)
        .where(in_hand, activation_code.c.revoked_at.is_(None))
        .values(revoked_at=at)
    )
    row = {"code_hash": code_hash(made.code), "child": child_code, "made_by": by.name,
           "made_at": at, "expires_at": at + VALID}  # fmt: skip
    session.execute(insert(activation_code), [row])
    record(session, by, "family.code_made", about=child_code)
    return made


def typed_code(typed: str) -> str:
    """The code somebody means: blanks, hyphens and small letters do not matter."""
    return "".join(typed.split()).replace("-", "").replace("–", "").upper()


def code_hash(code: str) -> bytes:
    """How a code is kept."""
    return _SLOWLY(code.encode())


def open_code(
    session: Session, typed: str, *, address: str, at: datetime
) -> OpenCode | CodeRefused:
    """The child a code is for. A refusal is an answer: the mistake must be written down.

    CodeRefused: code_unknown (also for what cannot be a code), code_used, code_expired,
    too_many_tries.
    """
    asking = Asking("code", address, at)
    if wait := wait_of_source(session, asking):
        return CodeRefused("too_many_tries", wait.seconds)
    found = look_up(session, code_hash(typed_code(typed)), at=at)
    if isinstance(found, CodeRefused):
        note(session, asking)
    return found


def look_up(session: Session, hashed: bytes, *, at: datetime) -> OpenCode | CodeRefused:
    """The child of a code that is known to be right, if it can be used; locks the code."""
    row = session.execute(
        select(activation_code, child.c.facility, child.c.wallet)
        .join(child, child.c.code == activation_code.c.child)
        .where(activation_code.c.code_hash == hashed)
        .with_for_update(of=activation_code)
    ).one_or_none()
    if row is None:
        return CodeRefused("code_unknown")
    if row.used_at is not None:
        return CodeRefused("code_used")
    if row.revoked_at is not None or row.expires_at <= at:
        return CodeRefused("code_expired")
    return OpenCode(hashed, Child(row.child, row.facility, row.wallet))


def use_up(session: Session, opened: OpenCode, payer: str, *, at: datetime) -> None:
    """The payer has the child: the code opens nothing more."""
    session.execute(
        update(activation_code)
        .where(activation_code.c.code_hash == opened.code_hash)
        .values(used_at=at, used_by=payer)
    )
