"""What the pages call the children of a payer: by the payer's own name for them, else by number."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from ledger.households import children_of
from ledger.permissions import Caller
from terminals.face.page import say
from terminals.portal.children import Look, looks


@dataclass(frozen=True, slots=True)
class Called:
    """name: as the payer calls the child; sign: the picture beside it."""

    name: str
    sign: str


def call(look: Look) -> Called:
    """By the payer's own name, else by number."""
    return Called(look.nickname or say("move.child.numbered", number=look.number), look.sign)


def all_called(session: Session, payer: str, children: Sequence[str]) -> Mapping[str, Called]:
    """These children as the payer calls them, by code, in their order."""
    return {code: call(look) for code, look in looks(session, payer, children).items()}


def called(session: Session, caller: Caller, *, on: date) -> Mapping[str, Called]:
    """The children whose meals the caller pays, by code, in their order."""
    children = [one.code for one in children_of(session, caller.wallet or "", on=on)]
    return all_called(session, caller.name, children)


def name_of(children: Mapping[str, Called], code: str | None) -> str:
    """What the child is called; "" for one whose meals the payer pays no longer."""
    return children[code].name if code in children and code is not None else ""


def sign_of(children: Mapping[str, Called], code: str | None) -> str:
    """The child's picture, or ""."""
    return children[code].sign if code in children and code is not None else ""
