"""The daycare's letter to a family: a code for the portal, and the GiroCode of the child's wallet.

It says which daycare and never who: this system knows no name of a child. The daycare puts it
into the right pigeonhole by the child's number. Its code stands on the letter and nowhere else.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, partial
from pathlib import Path
from urllib.parse import urlsplit

from babel.dates import format_date
from jinja2 import Environment, FileSystemLoader, select_autoescape
from markupsafe import Markup
from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from ledger.calendar import business_day
from ledger.catalogue.posted import posted_catalogue
from ledger.catalogue.stored import stored_bank_accounts
from ledger.permissions import Caller
from ledger.tables.services import child
from ledger.wallets import BANKS, find_wallet
from terminals.face.words import words_of
from terminals.girocode import girocode_svg, payload
from terminals.mail.letters import address, origin
from terminals.portal.activation import VALID, MadeCode, make_code
from terminals.portal.tables import activation_code, payer
from terminals.qr.drawing import draw

TEMPLATES = Path(__file__).parent / "templates"
STYLES = Path(__file__).parents[1] / "face" / "static" / "css" / "letter.css"
LANGUAGES = ("de", "en")  # both on one sheet: who reads it is not known yet


@dataclass(frozen=True, slots=True)
class Waiting:
    """A child nobody pays for by the portal yet; has_letter: an unused code is on its way."""

    child: str
    facility: str
    registered_on: date
    has_letter: bool


@dataclass(frozen=True, slots=True)
class DaycareLetter:
    """One letter, ready to be drawn.

    made: the code. host: the city's domain, as people check it. link: the address in the QR code.
    iban, reference: of the child's wallet, grouped in fours; giro_code: the same to be scanned.
    """

    made: MadeCode
    city: str
    daycare: str
    host: str
    link: Markup
    iban: str
    reference: str
    giro_code: Markup
    valid_until: date


def daycares(session: Session) -> list[tuple[str, str]]:
    """Code and name of every daycare centre, by name."""
    houses = posted_catalogue(session).offers.facilities
    found = [(house.code, house.name) for house in houses if house.kind == "daycare"]
    return sorted(found, key=lambda one: one[1])


def waiting_children(session: Session, facility: str, *, at: datetime) -> list[Waiting]:
    """The children of a daycare that no payer has, in order of number."""
    has_payer = exists().where(payer.c.wallet == child.c.wallet, payer.c.erased_at.is_(None))
    has_letter = exists().where(
        activation_code.c.child == child.c.code,
        activation_code.c.used_at.is_(None),
        activation_code.c.revoked_at.is_(None),
        activation_code.c.expires_at > at,
    )
    rows = session.execute(
        select(child.c.code, child.c.facility, child.c.registered_on, has_letter.label("letter"))
        .where(child.c.facility == facility, ~has_payer)
        .order_by(child.c.number)
    )
    return [Waiting(row.code, row.facility, row.registered_on, row.letter) for row in rows]


def write_letter(
    session: Session, by: Caller, child_code: str, *, city: str, at: datetime
) -> DaycareLetter:
    """A letter with a new code for this child; an earlier one's code ends. Raises UnknownChild."""
    made = make_code(session, by, child_code, at=at)
    code = session.scalar(select(child.c.wallet).where(child.c.code == child_code))
    wallet = find_wallet(session, code or "")
    assert wallet is not None
    ibans = {one.account: one.iban for one in stored_bank_accounts(session)}
    iban = ibans[BANKS[wallet.kind]]
    transfer = payload(city, iban, None, reference=wallet.reference)
    return DaycareLetter(
        made, city, posted_catalogue(session).facilities[made.facility].name,
        urlsplit(origin()).netloc, _drawn(draw(address(f"/portal/willkommen/{made.code}"))),
        _in_fours(iban), _in_fours(wallet.reference), _drawn(girocode_svg(transfer)),
        business_day(at + VALID),
    )  # fmt: skip


def letters_page(letters: Sequence[DaycareLetter], *, stylesheet: str | None = None) -> str:
    """The letters as one HTML page, a sheet each, to be printed on A5 or A4.

    stylesheet: its address; without one the styles are in the page, for a file of its own.
    """
    styles = None if stylesheet else Markup(STYLES.read_text("utf-8"))  # noqa: S704 - our own file
    speakers = [
        (one, words_of(one), partial(format_date, format="long", locale=one)) for one in LANGUAGES
    ]
    return _templates().get_template("portal/letter.html").render(
        letters=letters, speakers=speakers, stylesheet=stylesheet, styles=styles
    )  # fmt: skip


def _drawn(svg: bytes) -> Markup:
    return Markup(svg.decode())  # noqa: S704 - drawn here, of attributes alone


def _in_fours(text: str) -> str:
    bare = text.replace(" ", "")
    return " ".join(bare[start : start + 4] for start in range(0, len(bare), 4))


@cache
def _templates() -> Environment:
    return Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=select_autoescape(["html"]),
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
