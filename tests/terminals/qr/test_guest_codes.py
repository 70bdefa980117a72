"""Guest codes over HTTP: what a till learns of a wallet or pass, and what it never does."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from config.database import Database
from ledger.calendar import CITY_TIME, business_day
from ledger.passes import take_back, visit
from ledger.wallets import UnknownWallet, open_wallet
from terminals.errors import PassIsOver, UnknownGuestCode, UnknownPass
from terminals.guest_code_api import GUEST_KEYS
from terminals.qr.codes import GuestCard, card_text, cards_of, find_card, issue_card, revoke_card
from terminals.qr.keys import KeyRing, read_public, read_ring, with_new_key
from terminals.qr.tokens import Code, phone_code, read, sign
from tests.api_client import Api, a_top_up, an_api
from tests.ledger.test_passes import a_pass

KEYS = read_ring(with_new_key())
PATH = "/api/v1/till/guest-codes/"
SUMMER = datetime(2026, 7, 20, 12, tzinfo=CITY_TIME)  # sixteen days later its card is over
NEW = "INSERT INTO guest_code (kind, code, valid_until)"
NOTHING = dict.fromkeys(
    ("kind", "code", "is_enough", "visits_left", "visits_today", "last_visit", "product",
     "valid_until")
)  # fmt: skip


@pytest.fixture(scope="module")
def api(module_city: Database) -> Api:
    api = an_api(module_city)
    api.app.extensions[GUEST_KEYS] = lambda: KEYS
    return api


@pytest.fixture
def wallet(api: Api) -> str:
    """A wallet with 20.00 on it."""
    with api.database.transaction() as session:
        code = open_wallet(session, kind="citizen", key=uuid4()).code
    assert api.till.post(f"/api/v1/wallets/{code}/top-ups", a_top_up(2000)).status_code == 201
    return code


def now() -> datetime:
    return datetime.now(UTC)


def on_the_phone(code: str, keys: KeyRing = KEYS) -> str:
    kind = "wallet" if code.startswith("W") else "pass"
    return sign(phone_code(kind, code, now=now()), keys.signing, now=now())  # type: ignore[arg-type]


def a_card(api: Api, code: str) -> GuestCard:
    with api.database.transaction() as session:
        if code.startswith("W"):
            return issue_card(session, at=now(), wallet=code)
        return issue_card(session, at=now(), pass_code=code)


def sold(api: Api, product: str = "POOL-10A") -> str:
    """A pass sold now; its code."""
    with api.database.transaction() as session:
        return a_pass(session, product, charged_at=now())


def shown(api: Api, token: str, query: str = "") -> dict[str, object]:
    response = api.till.get(f"{PATH}{token}{query}")
    assert response.status_code == 200, response.json
    assert response.headers["Cache-Control"] == "no-store"
    document: dict[str, object] = response.json
    return document


def test_a_wallet_is_enough_or_not_and_never_says_how_much(api: Api, wallet: str) -> None:
    token = on_the_phone(wallet)
    known = NOTHING | {"state": "ok", "kind": "wallet", "code": wallet}
    assert shown(api, token, "?amount_cents=2000") == known | {"is_enough": True}
    assert shown(api, token, "?amount_cents=2001") == known | {"is_enough": False}
    assert shown(api, token) == known


def test_a_familys_wallet_is_enough_as_far_as_its_credit_goes(api: Api) -> None:
    with api.database.transaction() as session:
        opened = open_wallet(session, kind="kita", key=uuid4())
    token = on_the_phone(opened.code)
    credit = -opened.floor_cents
    assert credit > 0
    assert shown(api, token, f"?amount_cents={credit}")["is_enough"] is True
    assert shown(api, token, f"?amount_cents={credit + 1}")["is_enough"] is False


def test_a_pass_says_what_is_left_and_when_it_was_used_today(api: Api) -> None:
    code = sold(api)
    token = card_text(a_card(api, code), KEYS)
    fresh = shown(api, token)
    assert (fresh["state"], fresh["kind"], fresh["code"]) == ("ok", "pass", code)
    assert (fresh["visits_left"], fresh["visits_today"], fresh["last_visit"]) == (10, 0, None)
    assert fresh["product"] == "POOL-10A"
    entered_at = now()
    with api.database.transaction() as session:
        for facility in ("B01", "B02"):
            visit(session, code, key=uuid4(), facility=facility, at=entered_at)
    used = shown(api, token)
    assert (used["state"], used["visits_left"], used["visits_today"]) == ("ok", 8, 2)
    last = used["last_visit"]
    assert isinstance(last, dict)
    assert (last["facility"], datetime.fromisoformat(last["at"])) == ("B02", entered_at)
    assert last["name"] == "Schwimmhalle Süd"


def test_visits_of_another_day_are_not_todays(api: Api) -> None:
    yesterday = now() - timedelta(days=1)
    with api.database.transaction() as session:
        code = a_pass(session, charged_at=yesterday)
        visit(session, code, key=uuid4(), facility="B01", at=yesterday)
    used = shown(api, on_the_phone(code))
    assert (used["visits_left"], used["visits_today"], used["last_visit"]) == (9, 0, None)


def test_a_pass_that_days_use_up_has_no_visits_to_count(api: Api) -> None:
    with api.database.transaction() as session:
        code = a_pass(session, "POOL-HOL-S", charged_at=SUMMER)
    assert shown(api, on_the_phone(code))["visits_left"] is None


def test_a_pass_past_its_last_day_names_that_day(api: Api) -> None:
    with api.database.transaction() as session:
        code = a_pass(session, "POOL-HOL-S", charged_at=SUMMER)
    over = shown(api, on_the_phone(code))
    assert (over["state"], over["kind"], over["code"]) == ("expired", "pass", code)
    assert str(over["valid_until"]) < now().date().isoformat()


def test_a_returned_pass_is_blocked(api: Api) -> None:
    code = sold(api)
    with api.database.transaction() as session:
        take_back(session, code, key=uuid4(), booked_on=business_day(now()))
    assert shown(api, on_the_phone(code))["state"] == "blocked"


def test_an_expired_code_says_whose_it_was_and_nothing_else(api: Api, wallet: str) -> None:
    earlier = now() - timedelta(minutes=11)
    token = sign(phone_code("wallet", wallet, now=earlier), KEYS.signing, now=earlier)
    expected = NOTHING | {"state": "expired", "kind": "wallet", "code": wallet}
    assert shown(api, token, "?amount_cents=1") == expected


def test_a_revoked_card_is_blocked_and_the_phone_still_works(api: Api, wallet: str) -> None:
    card = a_card(api, wallet)
    token = card_text(card, KEYS)
    assert shown(api, token)["state"] == "ok"
    with api.database.transaction() as session:
        revoke_card(session, card.id, at=now())
    expected = NOTHING | {"state": "blocked", "kind": "wallet", "code": wallet}
    assert shown(api, token, "?amount_cents=1") == expected
    assert shown(api, on_the_phone(wallet))["state"] == "ok"
    with api.database.transaction() as session, pytest.raises(UnknownGuestCode):
        revoke_card(session, card.id, at=now())


def test_what_nobody_signed_or_nobody_issued_is_unknown(api: Api, wallet: str) -> None:
    unknown = NOTHING | {"state": "unknown"}
    theirs = read_ring(with_new_key())
    later = (now() + timedelta(days=9)).replace(second=0, microsecond=0)
    never_issued = sign(Code("wallet", wallet, later, 9_999_999), KEYS.signing, now=now())
    for token in (
        on_the_phone(wallet, theirs), on_the_phone("W-999999"), on_the_phone("P-999999"),
        never_issued, "W-000001", "x" * 200, on_the_phone(wallet)[:-1] + "%20",
    ):  # fmt: skip
        assert shown(api, token) == unknown


def test_a_card_of_one_wallet_opens_no_other(api: Api, wallet: str) -> None:
    card = a_card(api, wallet)
    with api.database.transaction() as session:
        other = open_wallet(session, kind="citizen", key=uuid4()).code
    forged = sign(Code("wallet", other, card.valid_until, card.id), KEYS.signing, now=now())
    assert shown(api, forged)["state"] == "unknown"


def test_only_tills_ask(api: Api, wallet: str) -> None:
    for path in (PATH + on_the_phone(wallet), "/api/v1/till/guest-keys"):
        assert api.anonymous.get(path).status_code == 401
        for role in ("finance", "auditor", "administrator"):
            assert api.as_(role).get(path).status_code == 403


@pytest.mark.parametrize("query", ["amount_cents=-1", "amount_cents=x", "amount_cents=1.5", "a=1"])
def test_an_amount_is_whole_cents(api: Api, wallet: str, query: str) -> None:
    assert api.till.get(f"{PATH}{on_the_phone(wallet)}?{query}").status_code == 400


def test_a_till_reads_codes_alone_with_the_keys_it_was_given(api: Api, wallet: str) -> None:
    given = api.till.get("/api/v1/till/guest-keys").json["keys"]
    public = {each["id"]: read_public(each["public_key"]) for each in given}
    code = read(on_the_phone(wallet), public, now())
    assert isinstance(code, Code)
    assert code.code == wallet


def test_cards_are_found_by_number_and_by_whose_they_are(api: Api, wallet: str) -> None:
    first, second = a_card(api, wallet), a_card(api, wallet)
    with api.database.read_only() as session:
        assert cards_of(session, wallet) == [first, second]
        assert find_card(session, first.id) == first
        assert find_card(session, 9_999_999) is None
    assert card_text(first, KEYS) != card_text(second, KEYS)


def test_a_wallets_card_holds_three_years_and_a_passes_to_its_last_day(
    api: Api, wallet: str
) -> None:
    years = a_card(api, wallet).valid_until - now()
    assert timedelta(days=3 * 365) < years <= timedelta(days=3 * 365 + 1)
    code = sold(api)
    last = a_card(api, code).valid_until.astimezone(CITY_TIME) - timedelta(seconds=1)
    assert last.date().isoformat() == shown(api, on_the_phone(code))["valid_until"]


def test_cards_are_only_issued_for_what_there_is(api: Api) -> None:
    with api.database.transaction() as session:
        over = a_pass(session, "POOL-HOL-S", charged_at=SUMMER)
        for wanted, refusal in (
            ({"wallet": "W-999999"}, UnknownWallet),
            ({"pass_code": "P-999999"}, UnknownPass),
            ({"pass_code": over}, PassIsOver),
            ({}, ValueError),
        ):
            with pytest.raises(refusal):
                issue_card(session, at=now(), **wanted)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "attack",
    [
        "UPDATE guest_code SET valid_until = valid_until + interval '1 year'",
        "UPDATE guest_code SET code = 'W-000001'",
        "UPDATE guest_code SET revoked_at = NULL",
        "DELETE FROM guest_code",
        "{new} VALUES ('wallet', 'W-999999', now() + '1d')",
        "{new} VALUES ('pass', 'W-000001', now() + '1d')",
        "{new} VALUES ('wallet', '{wallet}', now())",
    ],
)
def test_the_application_cannot_change_a_card(api: Api, wallet: str, attack: str) -> None:
    card = a_card(api, wallet)
    with api.database.transaction() as session:
        revoke_card(session, card.id, at=now())
    with pytest.raises(DBAPIError), api.database.transaction() as session:
        session.execute(text(attack.format(new=NEW, wallet=wallet)))
