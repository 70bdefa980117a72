"""The desk's pages over real books: who sees and decides what, codes and devices."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text
from werkzeug.test import TestResponse

from config.database import Database
from config.desk.words import ITEMS, age
from config.errors.sentences import SENTENCES
from config.staff.cookie import NAME
from ledger.permissions import Caller
from ledger.staff.people import Post, add_person
from ledger.staff.sessions import OPEN, SessionRule, open_session
from ledger.staff.throttle import Visit
from terminals.site_items import KINDS, RUNS
from tests.api_client import a_charge
from tests.terminals.sent import (
    ADMINISTRATOR,
    SHIFT,
    Site,
    a_refund,
    a_site,
    an_attempt,
    closing,
    item,
    opening,
)

ROOT = Path(__file__).parents[2]
HERE = {"Sec-Fetch-Site": "same-origin"}


@dataclass(frozen=True, slots=True)
class Desk:
    """The pool's till, and the centre as people see it."""

    site: Site
    city: Database
    codes: dict[str, str]

    def as_(self, who: str) -> FlaskClient:
        """A browser in which this person is signed in."""
        visit = Visit(datetime.now(UTC), "127.0.0.1", "test")
        with self.city.transaction() as session:
            token = open_session(
                session, self.codes[who], stage=OPEN, visit=visit, rule=SessionRule()
            )
        client = self.site.api.app.test_client()
        client.set_cookie(NAME, token)
        return client

    def see(self, who: str, path: str) -> str:
        answer = self.as_(who).get(path)
        assert answer.status_code == 200, (who, path, answer.status_code)
        return answer.text

    def decide(self, who: str, refund: str, decision: str, reason: str = "") -> TestResponse:
        form = {"decision": decision, "reason": reason}
        return self.as_(who).post(f"/desk/approvals/{refund}", data=form, headers=HERE)


@pytest.fixture
def desk(city: Database) -> Desk:
    site = a_site(city)
    posts = {"approver": "finance_approver", "finance": "finance", "auditor": "auditor",
             "administrator": "administrator"}  # fmt: skip
    codes = {"cashier": site.cashier, "manager": site.manager, "stranger": site.stranger}
    with city.transaction() as session:
        for name, role in posts.items():
            added = add_person(
                session, ADMINISTRATOR, login=f"{name}.d", name=name.title(), post=Post(role)
            )
            codes[name] = added.code
    return Desk(site, city, codes)


def a_large_refund(desk: Desk, person: str | None = None) -> str:
    """Fifty euros asked back at the pool."""
    charge = desk.site.sell(
        lines=[{"product": "POOL-AD", "quantity": 10}], way="cash", terminal=None
    )
    body = a_refund(charge, 5000, person or desk.site.cashier)
    (outcome,) = desk.site.send(item("refund_requested", body))
    assert outcome["state"] == "taken", outcome
    return str(body["refund"])


def test_the_manager_sees_the_request_and_approves_it(desk: Desk) -> None:
    refund = a_large_refund(desk)
    listed = desk.see("manager", "/desk/approvals")
    assert "1\N{NO-BREAK SPACE}Freigabe wartet" in listed
    assert "Bad vorzeitig geschlossen" in listed
    shown = desk.see("manager", f"/desk/approvals/{refund}")
    assert "50,00\N{NO-BREAK SPACE}€" in shown
    assert "Erwachsene" in shown
    assert desk.decide("manager", refund, "approved").status_code == 303
    assert "Nichts wartet" in desk.see("manager", "/desk/approvals")
    assert desk.decide("approver", refund, "refused", "zu spät").status_code == 409


def test_a_request_somebody_reminded_of_says_so_until_it_is_decided(desk: Desk) -> None:
    refund = a_large_refund(desk)
    assert "rinnert" not in desk.see("manager", "/desk/approvals")
    body = {"refund": refund, "person": desk.site.cashier}
    desk.site.send(item("refund_reminded", body))
    assert "Erinnert gerade eben" in desk.see("manager", "/desk/approvals")
    desk.site.send(item("refund_reminded", body))
    said = "2-mal erinnert, zuletzt gerade eben"
    assert said in desk.see("manager", f"/desk/approvals/{refund}")
    desk.decide("manager", refund, "approved")
    assert said not in desk.see("manager", f"/desk/approvals/{refund}")
    assert "hat an eine Freigabe erinnert" in desk.see("auditor", "/staff/audit")


def test_a_refusal_says_why(desk: Desk) -> None:
    refund = a_large_refund(desk)
    silent = desk.decide("approver", refund, "refused", "  ")
    assert (silent.status_code, "warum Sie ablehnen" in silent.text) == (422, True)
    assert desk.decide("approver", refund, "refused", "Beleg fehlt").status_code == 303
    assert "Beleg fehlt" in desk.see("auditor", "/desk/approvals")
    (said,) = desk.site.api.till.get("/api/v1/till/decisions").json["decisions"]
    assert (said["state"], said["reason"]) == ("refused", "Beleg fehlt")


def test_who_asked_sees_why_they_cannot_decide(desk: Desk) -> None:
    refund = a_large_refund(desk, desk.site.manager)
    for path in ("/desk/approvals", f"/desk/approvals/{refund}"):
        assert "freigeben muss eine zweite Person" in desk.see("manager", path)
    assert " disabled" in desk.see("manager", f"/desk/approvals/{refund}")
    answer = desk.decide("manager", refund, "approved")
    assert (answer.status_code, "nicht selbst frei" in answer.text) == (403, True)
    assert " disabled" not in desk.see("approver", f"/desk/approvals/{refund}")


def test_who_may_only_look_sees_who_decides(desk: Desk) -> None:
    refund = a_large_refund(desk)
    for who in ("finance", "auditor"):
        assert "Freigeben dürfen" in desk.see(who, f"/desk/approvals/{refund}")
        assert desk.decide(who, refund, "approved").status_code == 403
    assert desk.as_("cashier").get("/desk/approvals").status_code == 403
    assert desk.as_("administrator").get("/desk/approvals").status_code == 403


def test_another_house_neither_sees_nor_decides_it(desk: Desk) -> None:
    refund = a_large_refund(desk)
    assert "Bad vorzeitig" not in desk.see("stranger", "/desk/approvals")
    assert desk.as_("stranger").get(f"/desk/approvals/{refund}").status_code == 404
    assert desk.decide("stranger", refund, "approved").status_code == 404
    assert desk.as_("manager").get(f"/desk/approvals/{uuid4()}").status_code == 404


def test_a_form_that_nobody_made_here_is_not_understood(desk: Desk) -> None:
    refund = a_large_refund(desk)
    assert desk.decide("manager", refund, "withdrawn").status_code == 400
    assert desk.decide("manager", refund, "approved", "x" * 201).status_code == 400
    other = desk.as_("manager").post(
        f"/desk/approvals/{refund}", data={"decision": "approved"},
        headers={"Sec-Fetch-Site": "cross-site"},
    )  # fmt: skip
    assert other.status_code == 403


def test_a_cash_difference_is_shown_and_accepted(desk: Desk) -> None:
    desk.site.send(
        item("shift_opened", opening(desk.site.cashier)),
        item("shift_closed", closing(desk.site.cashier, counted=12000, expected=15000)),
    )
    shown = desk.see("manager", "/desk/approvals")
    assert f"Kassendifferenz {SHIFT}" in shown
    path = re.findall(r"/desk/approvals/([0-9a-f-]{36})", shown)[0]
    assert "fehlen" in desk.see("manager", f"/desk/approvals/{path}")
    assert desk.decide("manager", path, "approved").status_code == 303
    assert desk.site.balance("549100") == 3000
    assert desk.site.balance("171300") == 0


def test_the_tills_page_shows_what_needs_a_look(desk: Desk) -> None:
    desk.site.send(
        item("shift_opened", opening(desk.site.cashier)),
        item("attempt", an_attempt("unknown", reason="Verbindung verloren")),
        item("charge", a_charge(lines=[{"product": "POOL-AD", "unit_cents": 1}])),
        item("terminal_totals", {"terminal": "B01-1", "day": "2026-11-17", "number": 31,
                                 "amount_cents": 2000, "totals": [], "agrees": False,
                                 "expected_cents": 2500}),
        {"broken": True},
    )  # fmt: skip
    shown = desk.see("finance", "/desk/tills")
    for words in ("1\N{NO-BREAK SPACE}Zahlung ist unklar", "Verbindung verloren", "gerade eben",
                  "Der Preis ist ein anderer.", "Verkauf B01-1-000231", "nicht lesbar", SHIFT,
                  "−5,00 €"):  # fmt: skip
        assert words in shown, words
    assert "Verbindung verloren" in desk.see("manager", "/desk/tills")
    assert "Verbindung verloren" not in desk.see("stranger", "/desk/tills")


def test_the_administrator_makes_a_code_and_locks_a_device_out(desk: Desk) -> None:
    browser = desk.as_("administrator")
    made = browser.post("/desk/devices/codes", data={"till": "B01-2"}, headers=HERE)
    assert made.status_code == 200
    code = re.findall(r"<code>([A-Z2-9]{4} [A-Z2-9]{4})</code>", made.text)[0]
    assert code not in browser.get("/desk/devices").text
    body: Any = {"code": code, "token": "sk_" + "a" * 43}
    enrolled = desk.site.api.anonymous.client.post("/api/v1/enrolments", json=body)
    assert enrolled.status_code == 201
    again = browser.post("/desk/devices/codes", data={"till": "B01-2"}, headers=HERE)
    assert (again.status_code, "schon ein Gerät" in again.text) == (422, True)
    revoked = browser.post("/desk/devices/revoked", data={"name": "B01-2"}, headers=HERE)
    assert revoked.status_code == 303
    assert "gesperrt" in browser.get("/desk/devices").text
    unknown = browser.post("/desk/devices/revoked", data={"name": "nobody"}, headers=HERE)
    assert unknown.status_code == 422
    with desk.city.read_only() as session:
        log = "SELECT what FROM audit_log WHERE about = 'B01-2' ORDER BY id"
        what = list(session.scalars(text(log)))
    assert what == ["device.code_made", "device.enrolled", "device.revoked"]


def test_only_the_administrator_sees_devices(desk: Desk) -> None:
    for who in ("manager", "approver", "auditor", "cashier"):
        assert desk.as_(who).get("/desk/devices").status_code == 403


def test_every_kind_of_item_has_a_word() -> None:
    assert set(ITEMS) == set(KINDS) | set(RUNS)


def test_every_reason_a_till_can_be_given_has_a_sentence() -> None:
    made = re.compile(r'(?:refused|invalid|RefundRefused|code=)\(?"([a-z_]+)"')
    files = [*ROOT.glob("terminals/site_items/*.py"), *ROOT.glob("ledger/refund*.py")]
    codes = {code for file in files for code in made.findall(file.read_text(encoding="utf-8"))}
    assert len(codes) > 20
    assert codes - SENTENCES.keys() == set()


@pytest.mark.parametrize(
    ("minutes", "words"),
    [(0, "gerade eben"), (1, "vor 1 min"), (59, "vor 59 min"), (60, "vor 1 h"),
     (47 * 60, "vor 47 h"), (48 * 60, "vor 2 Tagen")],
)  # fmt: skip
def test_ages_are_told_in_the_unit_that_matters(minutes: int, words: str) -> None:
    at = datetime(2026, 11, 17, 12, tzinfo=UTC)
    now = datetime.fromtimestamp(at.timestamp() + minutes * 60, UTC)
    assert age(at, now) == words
    assert age(None, now) == "noch nie"


def test_a_caller_of_a_device_decides_nothing(desk: Desk) -> None:
    refund = a_large_refund(desk)
    answer = desk.site.api.finance.send(f"/desk/approvals/{refund}", b"{}")
    assert answer.status_code == 403
    assert Caller("x", "finance").person is None
