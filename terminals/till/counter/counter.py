"""One counter for all tills of a site: pages are read from the journal, taps written to it."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection

from terminals.printing.sheet import sheet
from terminals.qr.drawing import draw
from terminals.till.counter import actions, errands, stages
from terminals.till.counter.column import column_of
from terminals.till.counter.frame import frame_of
from terminals.till.counter.guest import guest_page, no_till
from terminals.till.counter.moment import Acting, Moment, moment_of
from terminals.till.counter.stages.card import payment_of, stage_of
from terminals.till.counter.stages.entry import locked_stage, pin_stage
from terminals.till.counter.view import View, keep_view, view_of
from terminals.till.enrolled import Till, till_of_browser
from terminals.till.errors import TillRefusal
from terminals.till.links import link_address
from terminals.till.pages import Basket, Frame, GuestPage, Language, Page, Paid, Stage
from terminals.till.papers import receipt_of
from terminals.till.people import Proof, ProofMissing, note_failure, prove
from terminals.till.sales import sale_with_number, sale_with_receipt
from terminals.till.site import Site

# While nobody is signed in, only these do anything.
WITHOUT_PERSON = frozenset({"pin", "language", "back", "hand_over"})
# While a terminal works for the basket on the counter, the others wait.
WHILE_PAYING = frozenset(
    {"cancel", "check", "park", "say", "slip", "back", "lock", "language", "pin", "hand_over"}
) | {"link_withdraw"}
LONGEST_WAIT_OUTSIDE = 2
# These show the sale they are about where the basket would be.
WITHOUT_BASKET = frozenset({"void", "refund", "refund_pending"})

log = logging.getLogger("stadtkasse.till")


@dataclass(frozen=True, slots=True)
class Acted:
    """cookie: what the browser is known by from now on; None leaves it as it is."""

    cookie: str | None = None


@dataclass(frozen=True, slots=True)
class _Tap:
    """What was tapped, in which browser, and the till that was."""

    browser: str | None
    till: Till
    action: str
    form: Mapping[str, str]


class Counter:
    """What the face asks: pages, taps and whether there is news."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self._entrance = errands.Entrance()

    def page(self, browser: str | None) -> Page:
        """The page of the till this browser is."""
        with self.site.journal.read() as connection:
            till = till_of_browser(connection, browser)
            if till is None or till.code not in self.site.running:
                return self._entrance.page(connection)
            version = self.site.journal.version(till.code)
            moment = moment_of(self.site, connection, till)
            return _page(moment, frame_of(moment, version))

    def act(self, browser: str | None, action: str, form: Mapping[str, str]) -> Acted:
        """Do what was tapped. What is refused changes nothing, and the page says why."""
        if action in errands.ERRANDS:
            return Acted(errands.ERRANDS[action](self._entrance, self.site, browser, form))
        with self.site.journal.read() as connection:
            till = till_of_browser(connection, browser)
        if till is None or action not in actions.load():
            log.warning("no till or no action %s", action)
            return Acted()
        try:
            acting = self._done(_Tap(browser, till, action, form))
        except TillRefusal as no:
            self._refused(till, no)
            return Acted()
        for step in acting.after:
            step()
        return Acted()

    def version(self, browser: str | None) -> int:
        """The version of the page this browser shows."""
        code = self._code(browser)
        return self.site.journal.version(code) if code else 0

    def wait(self, browser: str | None, seen: int, seconds: int) -> int:
        """The version as soon as it is another than `seen`, at last after some seconds."""
        code, journal = self._code(browser), self.site.journal
        if code is not None:
            return journal.wait(code, seen, seconds)
        if not seen:  # it is no till and knows: there is no news until it becomes one
            journal.wait("", journal.version(""), min(seconds, LONGEST_WAIT_OUTSIDE))
        return 0

    def guest(self, browser: str | None, language: Language) -> GuestPage:
        """What the guest in front of this till sees now."""
        with self.site.journal.read() as connection:
            till = till_of_browser(connection, browser)
            if till is None or till.code not in self.site.running:
                return no_till(0, language)
            version = self.site.journal.version(till.code)
            return guest_page(moment_of(self.site, connection, till), version, language)

    def picture(self, browser: str | None, name: str) -> bytes | None:
        """The QR code of an electronic receipt of this till, as SVG, by the receipt's token."""
        with self.site.journal.read() as connection:
            till = till_of_browser(connection, browser)
            sold = sale_with_receipt(connection, name)
            link = till and link_address(connection, till.code, name)
        if link:
            return draw(link)
        if till is None or sold is None or sold.till != till.code:
            return None
        return draw(f"{self.site.address}/kasse/beleg/{name}")

    def sheet(self, browser: str | None, number: str) -> str | None:
        """The receipt of this number as an HTML document to print."""
        code, _, running = number.rpartition("-")
        with self.site.journal.read() as connection:
            till = till_of_browser(connection, browser)
            if till is None or till.code != code or not running.isdecimal():
                return None
            sold = sale_with_number(connection, code, int(running))
            if sold is None:
                return None
            language = view_of(connection, code).language
            paper = receipt_of(connection, sold, address=self.site.address, language=language)
        return sheet(paper, stylesheet="/kasse/receipt.css")

    def _code(self, browser: str | None) -> str | None:
        with self.site.journal.read() as connection:
            till = till_of_browser(connection, browser)
        return till.code if till else None

    def _done(self, tap: "_Tap") -> Acting:
        """The action, done. A PIN is compared before, while no other till waits."""
        proof: Proof | None = None
        while True:
            try:
                return self._in_one_commit(tap, proof)
            except ProofMissing as missing:
                with self.site.journal.read() as connection:
                    proof = prove(connection, missing.till, missing.pin)

    def _in_one_commit(self, tap: "_Tap", proof: Proof | None) -> Acting:
        with self.site.journal.write(tap.till.code) as connection:
            # Read again: another tap may have come first while this one waited its turn.
            here = till_of_browser(connection, tap.browser)
            acting = self._acting(connection, here or tap.till, tap.action)
            acting.proof = proof
            actions.load()[tap.action](acting, tap.form)
            if acting.view != acting.moment.view:
                keep_view(connection, tap.till.code, acting.view)
        return acting

    def _acting(self, connection: Connection, till: Till, action: str) -> Acting:
        moment = moment_of(self.site, connection, till)
        is_in = moment.till.person is not None and not moment.till.is_locked
        if not is_in and action not in WITHOUT_PERSON:
            raise TillRefusal("nobody_signed_in")
        if payment_of(moment) is not None and action not in WHILE_PAYING:
            raise TillRefusal("basket_locked")
        return Acting(moment, moment.view.quiet())

    def _refused(self, till: Till, no: TillRefusal) -> None:
        """Say why; a wrong PIN is counted, though what it was for is undone."""
        now = datetime.now(UTC)
        with self.site.journal.write(till.code) as connection:
            if no.code == "pin_wrong":
                note_failure(connection, till.code, now)
            view = refused_view(view_of(connection, till.code), no)
            keep_view(connection, till.code, view)


def refused_view(view: View, no: TillRefusal) -> View:
    """The same view with the sentence of a refusal."""
    values = {name: value for name, value in no.data.items() if type(value) in (int, str)}
    return view.quiet().saying(no.code, "warning", **values)


def _page(moment: Moment, frame: Frame) -> Page:
    stage, has_column = _stage(moment)
    column: Basket | Paid | None = column_of(moment) if has_column else None
    return Page(frame, stage, column)


def _stage(moment: Moment) -> tuple[Stage, bool]:
    """What stands on the stage, and whether the basket stands beside it."""
    if moment.till.person is None:
        return pin_stage(moment), False
    if moment.till.is_locked:
        return locked_stage(moment), False
    known = stages.load()
    if moment.shift is None:
        opening = known["open_shift"](moment)
        assert opening is not None
        return opening, False
    running = payment_of(moment)
    if running is not None and moment.view.screen == "sale":
        return stage_of(moment, running), True
    task = known.get(moment.view.task)
    stage = task(moment) if task else None
    if stage is None:
        stage = known[f"screen:{moment.view.screen}"](moment)
    assert stage is not None
    is_beside = moment.view.screen == "sale" and moment.view.task not in WITHOUT_BASKET
    return stage, is_beside
