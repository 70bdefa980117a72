"""How a payer calls the children and which sign they go by; the city knows no child's name."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from terminals.portal.errors import NicknameMalformed, SignUnknown
from terminals.portal.tables import payer_child

SIGNS = ("boat", "apple", "star", "leaf", "fish", "sun")
LONGEST_NICKNAME = 40


@dataclass(frozen=True, slots=True)
class Look:
    """number: 1 for the first child, for "Kind 1" where there is no nickname."""

    number: int
    sign: str
    nickname: str | None


def looks(session: Session, payer: str, children: Sequence[str]) -> dict[str, Look]:
    """The look of each child code in its order; one without a sign gets a free one."""
    own = select(payer_child).where(payer_child.c.payer == payer)
    chosen = {row.child: row for row in session.execute(own)}
    taken = {row.sign for row in chosen.values()}
    free = [sign for sign in SIGNS if sign not in taken] or list(SIGNS)
    found, given = {}, 0
    for number, child in enumerate(children, start=1):
        row = chosen.get(child)
        if row is None:
            found[child] = Look(number, free[given % len(free)], None)
            given += 1
        else:
            found[child] = Look(number, row.sign, row.nickname)
    return found


def set_look(session: Session, payer: str, child: str, *, sign: str, nickname: str) -> None:
    """Choose a sign and a nickname ("" for none) for a child that the caller has looked up.

    Raises SignUnknown and NicknameMalformed.
    """
    if sign not in SIGNS:
        raise SignUnknown(sign)
    called = " ".join(nickname.split())
    if len(called) > LONGEST_NICKNAME or not called.isprintable():
        raise NicknameMalformed
    row = {"payer": payer, "child": child, "sign": sign, "nickname": called or None}
    chosen = insert(payer_child).values(row)
    session.execute(
        chosen.on_conflict_do_update(
            constraint="payer_child_pkey",
            set_={"sign": chosen.excluded.sign, "nickname": chosen.excluded.nickname},
        )
    )


def forget_looks(session: Session, payer: str) -> None:
    """Nicknames and signs go with the payer."""
    session.execute(delete(payer_child).where(payer_child.c.payer == payer))
