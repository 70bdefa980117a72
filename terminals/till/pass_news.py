"""What a till knows of passes while the centre cannot be asked: told by it, and seen here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Select, and_, or_, select, update
from sqlalchemy.dialects.sqlite import insert as insert_or

from ledger.calendar import business_day
from terminals.gate.pass_rules import Known, OwnVisit
from terminals.till.centre import Centre
from terminals.till.enrolled import Till
from terminals.till.journal import Journal
from terminals.till.journal.tables import document, known_pass, outbox, pass_visit, sale, till
from terminals.till.outbox import TAKEN, WAITING

NEWS = "passes"
_LONGEST_ALONE = timedelta(days=31)  # older visits are not looked through every few seconds


@dataclass(frozen=True, slots=True)
class News:
    """The last answer. body: without the passes, which are rows of their own. asked_at: when it
    was asked for, by our clock; what the centre took before then is counted in it."""

    etag: str | None
    body: Mapping[str, Any]
    asked_at: datetime


def hear_passes(journal: Journal, centre: Centre, of: Till) -> None:
    """Ask what has changed since the last answer. Raises CentreSilent and CentreRefused."""
    with journal.read() as connection:
        last = last_news(connection, of.code)
    asked_at = datetime.now(UTC)
    asked = {"since": last.body["next"]} if last else None
    answer = centre.get("/gate/passes", of.token, etag=last.etag if last else None, asked=asked)
    with journal.read() as connection:
        # Nothing is new, and no visit of ours was taken since: nothing has to be written.
        if answer.status == 304 and last and not _has_answers(connection, last.asked_at):
            return
    with journal.write() as connection:
        newest = last_news(connection, of.code)
        if newest is not None and newest.asked_at > asked_at:
            return  # somebody asked later than we did, and was faster
        if answer.status == 304:
            _is_still_so(connection, of.code, asked_at)
        else:
            _keep(connection, of.code, News(answer.etag, answer.body, asked_at))


def last_news(connection: Connection, code: str) -> News | None:
    """What the centre said last; None: it never did."""
    found = select(document.c.etag, document.c.body, document.c.fetched_at)
    found = found.where(document.c.till == code, document.c.name == NEWS)
    row = connection.execute(found).one_or_none()
    return None if row is None else News(*row)


def known(connection: Connection, at: str, pass_code: str) -> Known | None:
    """What till `at` knows of a pass; None: it was never told."""
    wanted = select(known_pass).where(known_pass.c.till == at, known_pass.c.code == pass_code)
    row, news = connection.execute(wanted).one_or_none(), last_news(connection, at)
    if row is None or news is None:
        return None
    since = and_(outbox.c.state == TAKEN, outbox.c.answered_at >= news.asked_at)
    uncounted = _visits(pass_code).where(or_(outbox.c.state == WAITING, since))
    return Known(date.fromisoformat(row.day), row.body, _read(connection, uncounted))


def waiting_alone(connection: Connection, pass_code: str) -> Sequence[OwnVisit]:
    """Visits that were let in here without the centre, and that it has not heard of yet."""
    untold = _visits(pass_code).where(outbox.c.state == WAITING, pass_visit.c.was_alone)
    return _read(connection, untold)


def alone_on(connection: Connection, pass_code: str, day: date) -> int:
    """How many this pass let in here on a day without the centre, told meanwhile or not."""
    alone = _read(connection, _visits(pass_code).where(pass_visit.c.was_alone))
    return sum(business_day(one.at) == day for one in alone)


def _visits(pass_code: str) -> Select[Any]:
    """Visits at all tills of this site, in order; what was taken back is none."""
    return (
        select(pass_visit.c.at, till.c.name)
        .join(sale, sale.c.key == pass_visit.c.sale)
        .join(till, till.c.code == sale.c.till)
        .join(outbox, outbox.c.key == pass_visit.c.sale)
        .where(pass_visit.c.code == pass_code, sale.c.state != "voided")
        .order_by(pass_visit.c.at)
    )


def _read(connection: Connection, found: Select[Any]) -> Sequence[OwnVisit]:
    return [OwnVisit(*row) for row in connection.execute(found)]


def _has_answers(connection: Connection, asked_at: datetime) -> bool:
    """Whether a visit was answered after the last news were asked for: it is counted twice."""
    answered = (
        select(pass_visit.c.sale)
        .join(outbox, outbox.c.key == pass_visit.c.sale)
        .where(pass_visit.c.at >= asked_at - _LONGEST_ALONE, outbox.c.answered_at >= asked_at)
    )
    return connection.execute(answered.limit(1)).first() is not None


def _is_still_so(connection: Connection, code: str, asked_at: datetime) -> None:
    heard = update(document).where(document.c.till == code, document.c.name == NEWS)
    connection.execute(heard.values(fetched_at=asked_at))


def _keep(connection: Connection, code: str, told: News) -> None:
    """Remember an answer; passes it does not name stay as they are."""
    body = {name: value for name, value in told.body.items() if name != "passes"}
    row = {"etag": told.etag, "body": body, "fetched_at": told.asked_at}
    kept = insert_or(document).values(name=NEWS, till=code, **row)
    connection.execute(kept.on_conflict_do_update(index_elements=["name", "till"], set_=row))
    rows = [{"till": code, "code": each["code"], "day": body["day"], "body": each}
            for each in told.body["passes"]]  # fmt: skip
    if rows:
        one = insert_or(known_pass)
        changed = {"day": one.excluded.day, "body": one.excluded.body}
        connection.execute(
            one.on_conflict_do_update(index_elements=["till", "code"], set_=changed), rows
        )
