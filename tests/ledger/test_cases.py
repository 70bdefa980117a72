"""A charge that does not seem right, a transfer that does not show: asked, answered, once."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from ledger import approvals
from ledger.approvals import OwnRequest, decide, pending
from ledger.case_answers import Answer, answer_case, assign_receipt, unclear_receipts
from ledger.case_rows import CaseNotOpen, UnknownCase
from ledger.cases import (
    Case,
    CaseRefused,
    ask_again,
    case_about,
    case_of,
    cases_of,
    claim_transfer,
    open_case,
    open_cases,
    withdraw_case,
)
from ledger.claims import open_claims
from ledger.movements import movement
from ledger.permissions import Caller
from ledger.staff.people import Post, add_person
from tests.ledger.families import (
    LUNCH,
    MONDAY,
    SNACK,
    TUESDAY,
    a_child,
    a_wallet,
    an_unclear_receipt,
    charge,
    clock,
    eats,
    on_wallet,
)

NOW = clock(TUESDAY, 10)


@pytest.fixture
def finance(city: Session) -> Caller:
    return a_person(city, "finance")


def a_person(session: Session, role: str) -> Caller:
    by, login = Caller("test", "administrator"), uuid4().hex[:20]
    one = add_person(session, by, login=login, name=role, post=Post(role))
    return Caller(one.code, one.role, person=one.name)


def a_charge(session: Session, wallet: str, **of_child: Any) -> UUID:
    eats(session, a_child(session, wallet, **of_child), MONDAY, products=(LUNCH, SNACK))
    key: UUID = charge(session, MONDAY)[-1].key
    return key


def dispute(session: Session, wallet: str, about: UUID, **changes: Any) -> Case:
    values = {"reason": "was_cancelled", "words": "Am Abend abbestellt.", "at": NOW} | changes
    return open_case(
        session, values.pop("key", uuid4()), kind="charge_dispute", wallet=wallet,
        subject=str(about), **values,
    )  # fmt: skip


# ---- Disputes ----------------------------------------------------------------------------


def test_a_charge_is_disputed_once_and_answered_by_a_working_day(city: Session) -> None:
    wallet = a_wallet(city)
    about = a_charge(city, wallet)
    asked = dispute(city, wallet, about)
    assert dispute(city, wallet, about) == asked
    assert asked.answer_by == TUESDAY + timedelta(days=2)
    assert cases_of(city, wallet) == [asked]
    assert case_about(city, wallet, "charge_dispute", str(about)) == asked
    assert asked in open_cases(city)
    assert on_wallet(city, wallet) == 5000 - 450


def test_money_comes_back_whole_and_the_charge_says_so(city: Session, finance: Caller) -> None:
    wallet = a_wallet(city)
    about = a_charge(city, wallet)
    case = dispute(city, wallet, about)
    done = answer_case(city, finance, case.id, Answer("granted", "Sie hatten recht."), at=NOW)
    assert done.state == "granted"
    assert done.answer is not None
    assert (done.answer.amount_cents, done.answer.words) == (450, "Sie hatten recht.")
    assert on_wallet(city, wallet) == 5000
    told = movement(city, wallet, about)
    assert told is not None
    assert told.how[-1].kind == "credited"
    with pytest.raises(CaseNotOpen):
        answer_case(city, finance, case.id, Answer("granted"), at=NOW)


def test_money_comes_back_in_part(city: Session, finance: Caller) -> None:
    wallet = a_wallet(city)
    about = a_charge(city, wallet)
    case = dispute(city, wallet, about)
    for cents in (0, 450, 9999):
        with pytest.raises(CaseRefused):
            answer_case(city, finance, case.id, Answer("partly", amount_cents=cents), at=NOW)
    done = answer_case(city, finance, case.id, Answer("partly", amount_cents=400), at=NOW)
    assert done.state == "partly"
    assert on_wallet(city, wallet) == 5000 - 50
    told = movement(city, wallet, about)
    assert told is not None
    assert told.how[-1].kind == "credited"


def test_the_authority_gets_its_share_back_too(city: Session, finance: Caller) -> None:
    wallet = a_wallet(city)
    case = dispute(city, wallet, a_charge(city, wallet, subsidised=True))
    answer_case(city, finance, case.id, Answer("granted"), at=NOW)
    assert on_wallet(city, wallet) == 5000
    left = text("""SELECT coalesce(sum(CASE WHEN a.id = t.debit_account THEN amount_cents
                                            ELSE -amount_cents END), 0)
                     FROM account a JOIN transfer t ON a.id IN (t.debit_account, t.credit_account)
                    WHERE a.code = '161900/jobcenter'""")
    assert city.execute(left).scalar() == 0


def test_above_the_limit_a_second_person_agrees_first(
    city: Session, finance: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(approvals.DESK_LIMITS_CENTS, "meal_goodwill", 100)
    second = a_person(city, "finance_approver")
    first = Caller(finance.name, "finance_approver", person="x")
    wallet = a_wallet(city)
    case = dispute(city, wallet, a_charge(city, wallet))
    waiting = answer_case(city, first, case.id, Answer("granted"), at=NOW)
    assert (waiting.state, waiting.awaits_approval) == ("open", True)
    assert on_wallet(city, wallet) == 5000 - 450
    seen = case_of(city, wallet, case.id)
    assert seen is not None
    assert [step.kind for step in seen.steps] == ["opened"]
    with pytest.raises(CaseRefused):
        answer_case(city, first, case.id, Answer("granted"), at=NOW)
    (asked,) = [one for one in pending(city) if one.request.subject == str(case.id)]
    with pytest.raises(OwnRequest):
        decide(city, first, asked.request.id, decision="approved", at=NOW)
    decide(city, second, asked.request.id, decision="refused", at=NOW, reason="Bitte teilen")
    again = answer_case(city, first, case.id, Answer("granted", "Doch."), at=NOW)
    assert again.awaits_approval
    (asked,) = [one for one in pending(city) if one.request.subject == str(case.id)]
    decide(city, second, asked.request.id, decision="approved", at=NOW)
    seen = case_of(city, wallet, case.id)
    assert seen is not None
    assert (seen.state, seen.answer.staff if seen.answer else "") == ("granted", None)
    assert on_wallet(city, wallet) == 5000


def test_a_no_has_a_reason_and_can_be_questioned_once(city: Session, finance: Caller) -> None:
    wallet = a_wallet(city)
    case = dispute(city, wallet, a_charge(city, wallet))
    with pytest.raises(CaseRefused):
        answer_case(city, finance, case.id, Answer("refused"), at=NOW)
    said = answer_case(city, finance, case.id, Answer("refused", "Es gab keine."), at=NOW)
    assert said.may_ask_again
    again = ask_again(city, wallet, case.id, words="Doch, um 19 Uhr.", at=NOW)
    assert ask_again(city, wallet, case.id, words="Doch, um 19 Uhr.", at=NOW) == again
    assert again.state == "open"
    answer_case(city, finance, case.id, Answer("refused", "Leider nein."), at=NOW)
    with pytest.raises(CaseNotOpen):
        ask_again(city, wallet, case.id, words="Noch einmal", at=NOW)


def test_a_payer_takes_it_back(city: Session, finance: Caller) -> None:
    wallet = a_wallet(city)
    case = dispute(city, wallet, a_charge(city, wallet))
    assert withdraw_case(city, wallet, case.id, at=NOW).state == "withdrawn"
    assert withdraw_case(city, wallet, case.id, at=NOW).state == "withdrawn"
    with pytest.raises(CaseNotOpen):
        answer_case(city, finance, case.id, Answer("granted"), at=NOW)


def test_what_was_withdrawn_meanwhile_is_not_approved(
    city: Session, finance: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(approvals.DESK_LIMITS_CENTS, "meal_goodwill", 100)
    wallet, second = a_wallet(city), a_person(city, "finance_approver")
    case = dispute(city, wallet, a_charge(city, wallet))
    answer_case(city, finance, case.id, Answer("granted"), at=NOW)
    withdraw_case(city, wallet, case.id, at=NOW)
    (asked,) = [one for one in pending(city) if one.request.subject == str(case.id)]
    with pytest.raises(CaseNotOpen):
        decide(city, second, asked.request.id, decision="approved", at=NOW)
    decide(city, second, asked.request.id, decision="refused", at=NOW, reason="zurückgezogen")
    assert on_wallet(city, wallet) == 5000 - 450


def test_nobody_disputes_or_sees_what_is_not_theirs(city: Session) -> None:
    mine, theirs = a_wallet(city), a_wallet(city)
    about = a_charge(city, theirs)
    for subject in (about, uuid4()):
        with pytest.raises(CaseRefused) as no:
            dispute(city, mine, subject)
        assert no.value.code == "dispute_unknown_charge"
    case = dispute(city, theirs, about)
    assert case_of(city, mine, case.id) is None
    for act in (withdraw_case, ask_again):
        with pytest.raises(UnknownCase):
            act(city, mine, case.id, at=NOW, **({"words": "x"} if act is ask_again else {}))
    about_mine = a_charge(city, mine)
    with pytest.raises(UnknownCase):
        dispute(city, mine, about_mine, key=case.id)


def test_a_dispute_makes_sense(city: Session) -> None:
    wallet = a_wallet(city)
    about = a_charge(city, wallet)
    for changes, code in (
        ({"reason": "because"}, "dispute_reason"), ({"words": "x" * 501}, "case_words"),
        ({"at": NOW + timedelta(weeks=9)}, "dispute_too_late"),
    ):  # fmt: skip
        with pytest.raises(CaseRefused, match=code):
            dispute(city, wallet, about, **changes)


def test_a_claim_that_was_part_of_the_charge_goes_with_it(city: Session, finance: Caller) -> None:
    wallet = a_wallet(city, 0)
    for _ in range(4):
        about = a_charge(city, wallet)
    assert (on_wallet(city, wallet), open_claims(city, wallet)) == (-1350, 450)
    case = dispute(city, wallet, about)
    answer_case(city, finance, case.id, Answer("granted"), at=NOW)
    assert (on_wallet(city, wallet), open_claims(city, wallet)) == (-1350, 0)


# ---- Missing transfers -------------------------------------------------------------------


def miss(session: Session, wallet: str, **changes: Any) -> Case:
    values = {"amount_cents": 4000, "paid_on": MONDAY, "iban_end": "4711", "at": NOW} | changes
    return claim_transfer(session, wallet, key=values.pop("key", uuid4()), **values)


def test_a_missed_transfer_is_found_and_booked_once(city: Session, finance: Caller) -> None:
    wallet, receipt = a_wallet(city, 0), an_unclear_receipt(city)
    case = miss(city, wallet)
    assert receipt in [one.entry_id for one in unclear_receipts(city)]
    done = assign_receipt(city, finance, case.id, receipt, at=NOW)
    assert done.state == "granted"
    assert on_wallet(city, wallet) == 4000
    assert receipt not in [one.entry_id for one in unclear_receipts(city)]
    other = miss(city, a_wallet(city, 0))
    with pytest.raises(CaseRefused) as no:
        assign_receipt(city, finance, other.id, receipt, at=NOW)
    assert no.value.code == "receipt_unknown"


def test_three_at_a_time_and_the_same_tap_is_one(city: Session) -> None:
    wallet, key = a_wallet(city), uuid4()
    for _ in range(2):
        miss(city, wallet, key=key)
    for _ in range(2):
        last = miss(city, wallet)
    with pytest.raises(CaseRefused) as no:
        miss(city, wallet)
    assert no.value.code == "claims_too_many"
    assert miss(city, wallet, key=key).id == key
    withdraw_case(city, wallet, last.id, at=NOW)
    miss(city, wallet)


def test_a_claim_makes_sense(city: Session) -> None:
    tomorrow = TUESDAY + timedelta(days=1)
    for changes, code in (
        ({"amount_cents": 0}, "claim_amount"), ({"paid_on": tomorrow}, "claim_day"),
        ({"paid_on": date(2025, 1, 1)}, "claim_day"), ({"iban_end": "47"}, "claim_iban"),
    ):  # fmt: skip
        with pytest.raises(CaseRefused, match=code):
            miss(city, a_wallet(city), **changes)


def test_money_is_not_granted_to_a_claim_without_a_receipt(city: Session, finance: Caller) -> None:
    case = miss(city, a_wallet(city))
    with pytest.raises(CaseRefused):
        answer_case(city, finance, case.id, Answer("granted"), at=NOW)
    assert answer_case(city, finance, case.id, Answer("refused", "Nicht da."), at=NOW).answer
