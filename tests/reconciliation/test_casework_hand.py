"""Cases matched by hand, taken apart, assigned, noted and put off."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from config.database import Database
from ledger.calendar import business_day
from reconciliation.casework.byhand import Range as Around
from reconciliation.casework.byhand import Rest, candidates, match_by_hand, rows_of
from reconciliation.casework.deciding import Codes, Part, split, write_off
from reconciliation.casework.noting import assign, note, put_off, request_file
from reconciliation.casework.refusals import CaseUnknown, CaseworkRefused
from reconciliation.casework.steps import history
from reconciliation.casework.undoing import undo
from tests.reconciliation.casework_stand import WORDS, Desk, a_desk, now
from tests.reconciliation.desk_books import (
    SHORT,
    SWAPPED,
    UNMATCHED,
)


@pytest.fixture
def desk(city: Database) -> Desk:
    return a_desk(city)


def test_matching_by_hand_needs_equal_sums_or_a_home_for_the_rest(desk: Desk) -> None:
    case = desk.case(UNMATCHED.reference)
    chosen = Codes(provider=["ch_25"])
    with pytest.raises(CaseworkRefused) as no, desk.database.transaction() as session:
        match_by_hand(
            session, desk.anna, case.number, version=case.version, chosen=chosen, at=now()
        )
    assert (no.value.code, no.value.data["rest_cents"]) == ("difference_sum", -2100)
    with desk.database.transaction() as session:
        done = match_by_hand(
            session, desk.anna, case.number, version=case.version, chosen=chosen, at=now(),
            rest=Rest("171200", "Kunde zahlt den Rest"),
        )  # fmt: skip
    assert done.entry is not None
    assert desk.balance("171200") == 2100
    assert desk.live_pairs() == [(["E-2208"], ["ch_25"], [])]


def test_equal_sums_match_without_a_booking(desk: Desk) -> None:
    case, before = desk.case(UNMATCHED.reference), desk.entries()
    with desk.database.transaction() as session:
        match_by_hand(
            session, desk.anna, case.number, version=case.version,
            chosen=Codes(provider=["EP-77301-204431"]), at=now(),
        )  # fmt: skip
    assert desk.entries() == before
    assert not desk.case(UNMATCHED.reference).is_open


def test_a_row_is_explained_once(desk: Desk) -> None:
    desk.accept(desk.anna, SWAPPED.reference)
    case = desk.case(UNMATCHED.reference)
    with pytest.raises(CaseworkRefused) as no, desk.database.transaction() as session:
        match_by_hand(
            session, desk.ben, case.number, version=case.version,
            chosen=Codes(provider=["EP-77301-204418"]), at=now(),
        )  # fmt: skip
    assert no.value.code == "difference_taken"


def test_rows_that_are_not_there_or_of_one_side_match_nothing(desk: Desk) -> None:
    case = desk.case(UNMATCHED.reference)
    for chosen in (Codes(), Codes(provider=["nobody"]), Codes(expected=["E-4716"])):
        with pytest.raises(CaseworkRefused) as no, desk.database.transaction() as session:
            match_by_hand(
                session, desk.anna, case.number, version=case.version, chosen=chosen, at=now()
            )
        assert no.value.code == "difference_codes"


def test_candidates_are_near_in_time_and_amount_and_free(desk: Desk) -> None:
    case = desk.case(UNMATCHED.reference)
    with desk.database.read_only() as session:
        found = {row.code for row in candidates(session, case, Around(days=7))}
        wide = {row.code for row in candidates(session, case, Around(days=7, cents=2500))}
    assert {"EP-77301-204418", "EP-77301-204431", "E-4716"} <= found
    assert "ch_25" in wide - found
    desk.accept(desk.anna, SWAPPED.reference)
    with desk.database.read_only() as session:
        found = {row.code for row in candidates(session, case, Around(days=7))}
        rows = rows_of(session, Codes(["E-4716"], ["EP-77301-204418"]))
    assert "EP-77301-204418" not in found
    assert [row.amount_cents for row in rows] == [4600, 4600]


def test_splitting_takes_a_case_apart_until_nothing_is_left(desk: Desk) -> None:
    case = desk.case(UNMATCHED.reference)
    with pytest.raises(CaseworkRefused) as no, desk.database.transaction() as session:
        split(session, desk.anna, case.number, version=case.version, words=WORDS, at=now(),
              parts=[Part("171200", 4000)])  # fmt: skip
    assert (no.value.code, no.value.data["rest_cents"]) == ("difference_sum", 600)
    with desk.database.transaction() as session:
        done = split(session, desk.anna, case.number, version=case.version, words=WORDS, at=now(),
                     parts=[Part("171200", 4000), Part("171300", 600)])  # fmt: skip
    assert done.entry is not None
    assert desk.balance(UNMATCHED.account or "") == 0
    assert (desk.balance("171200"), desk.balance("171300")) == (4000, 900)


def test_a_part_that_is_a_loss_makes_the_whole_split_wait(desk: Desk) -> None:
    case = desk.case(SHORT.reference)
    with desk.database.transaction() as session:
        done = split(session, desk.anna, case.number, version=case.version, words=WORDS, at=now(),
                     parts=[Part("549100", 200), Part("171200", 100)])  # fmt: skip
    assert (done.entry is None, done.request is None) == (True, False)


def test_an_account_that_no_rule_allows_is_refused(desk: Desk) -> None:
    case = desk.case(UNMATCHED.reference)
    for account in ("181000", "441200", "999999", "184100"):
        with pytest.raises(CaseworkRefused), desk.database.transaction() as session:
            write_off(session, desk.anna, case.number, version=case.version, account=account,
                      words=WORDS, at=now())  # fmt: skip


def test_assigning_noting_and_putting_off_are_steps_of_the_case(desk: Desk) -> None:
    number = desk.numbers[SHORT.reference]
    with desk.database.transaction() as session:
        assign(session, desk.anna, number, desk.ben.name)
        note(session, desk.ben, number, "Ruft morgen zurück")
        put_off(session, desk.ben, number, business_day(now()), words="Antwort der Bank",
                waits_for="bank", at=now())  # fmt: skip
        request_file(session, desk.ben, number, at=now())
    case = desk.case(SHORT.reference)
    assert (case.owner, case.owner_name, case.last_number) == (desk.ben.name, desk.ben.person, 4)
    assert case.waits_for == "provider"
    with desk.database.read_only() as session:
        first = history(session, case.id)[-1]
    with desk.database.transaction() as session:
        undo(session, desk.anna, first.id, at=now())
    assert desk.case(SHORT.reference).owner is None


REFUSED: list[tuple[str, Callable[[Desk, object], object]]] = [
    ("difference_person", lambda d, s: assign(s, d.anna, d.numbers[SHORT.reference], "nobody")),
    ("difference_words", lambda d, s: note(s, d.anna, d.numbers[SHORT.reference], "  ")),
    ("difference_due", lambda d, s: put_off(
        s, d.anna, d.numbers[SHORT.reference], business_day(now()) + timedelta(days=40),
        words="später", at=now())),
    ("difference_due", lambda d, s: put_off(
        s, d.anna, d.numbers[SHORT.reference], business_day(now()) - timedelta(days=1),
        words="früher", at=now())),
]  # fmt: skip


@pytest.mark.parametrize(("code", "deed"), REFUSED)
def test_what_makes_no_sense_is_refused(
    desk: Desk, code: str, deed: Callable[[Desk, object], object]
) -> None:
    with pytest.raises(CaseworkRefused) as no, desk.database.transaction() as session:
        deed(desk, session)
    assert no.value.code == code


def test_an_unknown_case_is_unknown(desk: Desk) -> None:
    with pytest.raises(CaseUnknown), desk.database.transaction() as session:
        note(session, desk.anna, 999_999, "Hallo")


def test_closed_cases_take_notes_and_nothing_else(desk: Desk) -> None:
    desk.accept(desk.anna, SWAPPED.reference)
    number = desk.numbers[SWAPPED.reference]
    with desk.database.transaction() as session:
        note(session, desk.ben, number, "Beim nächsten Mal früher")
    with pytest.raises(CaseworkRefused), desk.database.transaction() as session:
        assign(session, desk.ben, number, desk.ben.name)
    with pytest.raises(CaseworkRefused):
        desk.accept(desk.ben, SWAPPED.reference)
