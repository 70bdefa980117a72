"""At most one notice on the first page: of all that could be said, what is most urgent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from flask import url_for

from ledger.movements import Movement
from terminals.face.page import money, say
from terminals.portal.child_names import Called
from terminals.portal.standing import Standing

RETURN_SHOWN = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Notice:
    """kind: "warm", "good" or "" as the macro takes it; links: (words, address)."""

    title: str
    text: str = ""
    kind: str = "warm"
    links: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True)
class News:
    """What there is to tell from. owed_cents: the open bill beyond the grace."""

    standing: Standing
    children: Mapping[str, Called]
    moved: Sequence[Movement]
    owed_cents: int
    is_low: bool
    today: date


def notice_of(news: News) -> Notice | None:
    """The most urgent thing to say, or nothing.

    In this order: the bank wants to see its customer, a debit came back, an open bill, an answer
    to a case, a reminder on a child's page, a low balance.
    """
    return next((found for each in _RANKS if (found := each(news)) is not None), None)


def _bank(news: News) -> Notice | None:
    if news.standing.auto != "waiting_for_bank":
        return None
    links = [(say("news.bank.do"), url_for("auto.show"))]
    return Notice(say("news.bank"), say("news.bank.text"), links=links)


def _came_back(news: News) -> Notice | None:
    returned = [one for one in news.moved
                if one.kind == "returned" and one.day > news.today - RETURN_SHOWN]  # fmt: skip
    if not returned or news.standing.balance_cents >= 0:
        return None
    text = say("news.returned.text", amount=money(-returned[0].amount_cents))
    links = [(say("news.returned.do"), url_for("top_up.choose"))]
    return Notice(say("news.returned"), text, links=links)


def _bill(news: News) -> Notice | None:
    if news.owed_cents <= 0:
        return None
    links = [(say("news.bill.pay"), url_for("top_up.choose")),
             (say("news.bill.help"), "/hilfe#raten")]  # fmt: skip
    title = say("news.bill", amount=money(news.owed_cents))
    return Notice(title, say("news.bill.text", n=len(news.children)), links=links)


def _answer(news: News) -> Notice | None:
    if news.standing.answered_case is None:
        return None
    links = [(say("news.answer.do"), url_for("cases.show_all"))]
    return Notice(say("news.answer"), kind="", links=links)


def _reminder(news: News) -> Notice | None:
    """Of a subsidy, whose word stands on the child's page alone."""
    code = news.standing.reminded_child
    if code is None or code not in news.children:
        return None
    links = [(say("news.reminder.do"), url_for("child.show", child=code))]
    return Notice(say("news.reminder", child=news.children[code].name), links=links)


def _low(news: News) -> Notice | None:
    if not news.is_low:
        return None
    return Notice(say("low.title"), say("low.text", n=len(news.children)))


_RANKS = (_bank, _came_back, _bill, _answer, _reminder, _low)
