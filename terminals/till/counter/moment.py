"""One moment of a till, read together: all that a page is made of, all that an action works on."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from sqlalchemy import Connection

from ledger.calendar import business_day
from terminals.till.baskets import Basket, current_basket
from terminals.till.counter.view import View, view_of
from terminals.till.enrolled import Till
from terminals.till.errors import TillRefusal
from terminals.till.lanes import Lane
from terminals.till.offers import Offer, Offers, offers_on
from terminals.till.payments import Desk
from terminals.till.people import Person, Proof, person_with
from terminals.till.shifts import Shift, current_shift
from terminals.till.site import Site


@dataclass(frozen=True, slots=True)
class Moment:
    """A till as it is at `now`; `basket` and `shift` None where there is none."""

    site: Site
    connection: Connection
    till: Till
    now: datetime
    view: View
    shift: Shift | None
    basket: Basket | None
    offers: Offers | None

    @property
    def is_german(self) -> bool:
        """Whether the page speaks German."""
        return self.view.language == "de"

    @property
    def lane(self) -> Lane | None:
        """The card terminal of this till."""
        return self.site.lane(self.till.code)

    @property
    def today(self) -> date:
        """The business day in the city."""
        return business_day(self.now)

    @property
    def is_offline(self) -> bool:
        """Whether the centre is silent."""
        return self.site.line(self.till.code).silent_since is not None

    def name_of(self, german: str, english: str | None) -> str:
        """The name in the page's language."""
        return german if self.is_german else english or german


@dataclass(slots=True)
class Acting:
    """An action in its transaction. view: as it shall be afterwards. proof: whose PIN was typed,
    once that is known. after: to be done once the transaction is on the disk, in order."""

    moment: Moment
    view: View
    proof: Proof | None = None
    after: list[Callable[[], None]] = field(default_factory=list)

    @property
    def connection(self) -> Connection:
        """The transaction."""
        return self.moment.connection

    @property
    def desk(self) -> Desk:
        """Who acts, where and when."""
        person = self.moment.till.person
        if person is None:
            raise TillRefusal("nobody_signed_in")
        return Desk(self.moment.till, person, self.moment.now)

    @property
    def shift(self) -> Shift:
        """The open shift. Raises TillRefusal: shift_missing."""
        if self.moment.shift is None:
            raise TillRefusal("shift_missing")
        return self.moment.shift

    def person_with(self, pin: str) -> Person:
        """Whose PIN this is; as `people.person_with`."""
        moment = self.moment
        return person_with(self.connection, moment.till.code, pin, now=moment.now, proof=self.proof)

    def offer(self, code: str) -> Offer:
        """An article on offer today. Raises TillRefusal: article_unknown."""
        offers = self.moment.offers
        if offers is None or code not in offers.articles:
            raise TillRefusal("article_unknown", product=code)
        return offers.articles[code]

    def nudge(self) -> None:
        """Afterwards, tell the centre."""
        till = self.moment.till.code
        self.after.append(lambda: self.moment.site.nudge(till))


def moment_of(site: Site, connection: Connection, till: Till) -> Moment:
    """Read a till as it is now."""
    now = datetime.now(UTC)
    return Moment(
        site=site,
        connection=connection,
        till=till,
        now=now,
        view=view_of(connection, till.code),
        shift=current_shift(connection, till.code),
        basket=current_basket(connection, till.code),
        offers=offers_on(connection, till.code, business_day(now)),
    )
