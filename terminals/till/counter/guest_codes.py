"""A guest's code is scanned: a wallet pays the basket, a pass lets in, a case becomes the case."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from uuid import uuid4

from terminals.till import cases, wallets
from terminals.till.attempts import Attempt
from terminals.till.counter import pass_scans
from terminals.till.counter.actions.selling import case
from terminals.till.counter.moment import Acting, moment_of
from terminals.till.counter.seen import Seen, look
from terminals.till.counter.view import View, keep_view, view_of
from terminals.till.enrolled import Till, find_till, till_of_browser
from terminals.till.errors import TillRefusal
from terminals.till.site import Site


def scan(site: Site, browser: str | None, form: Mapping[str, str]) -> None:
    """Whatever was scanned or typed. What is refused the page says."""
    with site.journal.read() as connection:
        till = till_of_browser(connection, browser)
    if till is None or till.person is None or till.is_locked:
        return
    text = form.get("text", "").strip()
    try:
        _scanned(site, till, text)
    except TillRefusal as no:
        with site.journal.write(till.code) as connection:
            view = view_of(connection, till.code).quiet().saying(no.code, "warning")
            keep_view(connection, till.code, view)


def _scanned(site: Site, till: Till, text: str) -> None:
    if cases.fault_of(text) is None and till.facility_kind == "citizens_office":
        _do(site, till, lambda acting: case(acting, {"number": text}))
        return
    seen = look(site, till, text)
    if seen.state == "ok" and seen.kind == "wallet" and seen.is_enough is not False:
        _pay(site, till, seen)
        return
    _do(site, till, lambda acting: _take(acting, seen))


def _take(acting: Acting, seen: Seen) -> None:
    pass_scans.admit(acting, seen) if seen.kind == "pass" else _refuse_wallet(acting, seen)


def _do(site: Site, till: Till, work: Callable[[Acting], None]) -> None:
    """One transaction, as an action has it: for whoever works at the till by then."""
    with site.journal.write(till.code) as connection:
        here = find_till(connection, till.code)
        if here is None or here.person is None or here.is_locked:
            raise TillRefusal("nobody_signed_in")
        acting = Acting(moment := moment_of(site, connection, here), moment.view.quiet())
        work(acting)
        keep_view(connection, till.code, acting.view)
    site.nudge(till.code)


def _pay(site: Site, till: Till, seen: Seen) -> None:
    """The basket on the counter from this wallet: written down, asked for, decided."""
    begun: list[Attempt] = []

    def begin(acting: Acting) -> None:
        begun.append(wallets.begin(acting.connection, acting.desk, wallet=seen.code, key=uuid4()))

    _do(site, till, begin)
    for one in begun:
        site.decide(one, wallets.ask(site.purse, till, one))


def _refuse_wallet(acting: Acting, seen: Seen) -> None:
    problem = "short" if seen.state == "ok" else seen.state
    if acting.moment.basket is None or not acting.moment.basket.lines:
        acting.view = _unknown_code(acting.view)
        return
    acting.view = replace(acting.view.at("wallet", problem=problem), sound="scan_refused")


def _unknown_code(view: View) -> View:
    return replace(view.saying("unknown_code", "warning"), sound="scan_refused")
