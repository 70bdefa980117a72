"""`stadtkasse user` as an administrator types it."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner, Result

from config.cli import main
from config.database import Database
from ledger.staff.audit import Filter, deeds
from ledger.staff.passwords import is_secret
from ledger.staff.people import person_by_login
from ledger.staff.pins import people_at
from ledger.staff.sessions import SessionRule
from ledger.staff.sign_in import Proven, with_password
from ledger.staff.throttle import Visit

Command = Callable[..., Result]
ADMIN = ("add", "--login", "a.admin", "--name", "Anna Admin", "--role", "administrator")
CASHIER = ("add", "--login", "c.kasse", "--name", "Clara", "--role", "cashier", "--facility", "B01")


@pytest.fixture
def user(city: Database, monkeypatch: pytest.MonkeyPatch) -> Command:
    """Run one `stadtkasse user` command on these books."""
    monkeypatch.setenv("DATABASE_URL", city.admin_url.render_as_string(hide_password=False))

    def run(*words: str, typed: str | None = None) -> Result:
        return CliRunner().invoke(main, ["user", *words], input=typed)

    return run


def test_the_first_administrator_is_made_here_and_can_sign_in(
    user: Command, city: Database
) -> None:
    result = user(*ADMIN)
    assert result.exit_code == 0
    assert "signs in as a.admin at /staff/sign-in" in result.stdout
    password = result.stdout.splitlines()[-1]
    with city.transaction() as session:
        visit = Visit(datetime.now(UTC), "127.0.0.1")
        entered = with_password(session, "a.admin", password, visit=visit, rule=SessionRule())
    assert isinstance(entered, Proven)


def test_everybody_is_listed_with_what_they_are(user: Command) -> None:
    user(*ADMIN)
    user(*CASHIER)
    user("deactivate", "--login", "c.kasse")
    result = user("list")
    lines = result.stdout.splitlines()
    assert [line.split()[1:5] for line in lines] == [
        ["a.admin", "administrator", "-", "new"], ["c.kasse", "cashier", "B01", "locked"],
    ]  # fmt: skip
    assert "2 accounts" in result.stderr


def test_a_new_password_replaces_the_old_one(user: Command, city: Database) -> None:
    before = user(*ADMIN).stdout.splitlines()[-1]
    after = user("password", "--login", "a.admin").stdout.strip()
    assert before != after
    with city.transaction() as session:
        for password, is_right in ((before, False), (after, True)):
            visit = Visit(datetime.now(UTC), "127.0.0.1")
            entered = with_password(session, "a.admin", password, visit=visit, rule=SessionRule())
            assert isinstance(entered, Proven) == is_right


def test_a_pin_is_asked_for_and_not_shown(user: Command, city: Database) -> None:
    user(*CASHIER)
    result = user("pin", "--login", "c.kasse", typed="271828\n")
    assert result.exit_code == 0
    assert "271828" not in result.output
    with city.read_only() as session:
        assert is_secret("271828", people_at(session, "B01")[0].pin_hash)


def test_what_is_not_possible_ends_with_a_sentence(user: Command) -> None:
    user(*CASHIER)
    user("pin", "--login", "c.kasse", "--pin", "271828")
    other = (*CASHIER[:2], "d.kasse", *CASHIER[3:])
    user(*other)
    for words, sentence in (
        (CASHIER, "Somebody signs in by this name already."),
        (("add", "--login", "x.x", "--name", "X", "--role", "cashier"), "belong to a site"),
        (("password", "--login", "nobody"), "There is no such person."),
        (("deactivate", "--login", "nobody"), "There is no such person."),
        (("pin", "--login", "d.kasse", "--pin", "271828"), "Somebody at the site has this PIN."),
        (("pin", "--login", "d.kasse", "--pin", "111111"), "six digits"),
    ):
        result = user(*words)
        assert result.exit_code == 1, words
        assert sentence in result.stderr
        assert "Traceback" not in result.output


def test_the_log_says_it_was_done_on_the_command_line(user: Command, city: Database) -> None:
    user(*ADMIN)
    with city.read_only() as session:
        code = person_by_login(session, "a.admin").code
        found = deeds(session, only=Filter(who=code))
    assert {(deed.who, deed.role) for deed in found} == {("command line", "operator")}
    assert [deed.what for deed in reversed(found)] == ["staff.added", "staff.password_given"]
