"""`stadtkasse user`: the accounts of the people who work here; the first administrator's too."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import click
from sqlalchemy.orm import Session

from config.cli.output import Refusal, the_database
from config.errors import sentence
from ledger.errors import LedgerError
from ledger.permissions import Caller
from ledger.staff.people import (
    STAFF_ROLES,
    Person,
    Post,
    add_person,
    deactivate,
    give_password,
    people,
    person_by_login,
)
from ledger.staff.pins import PinTaken, set_pin

# Whoever can run commands here could open the database as well; the log says it was done here.
OPERATOR = Caller("command line", "operator")
LOGIN = click.option("--login", required=True, help="The name the person signs in by.")


@click.group()
def user() -> None:
    """People who work here: add them, list them, help them in, lock them out."""


@user.command(
    epilog='Example: stadtkasse user add --login a.admin --name "Anna Admin" --role administrator'
)
@LOGIN
@click.option("--name", required=True, help="What the person is called.")
@click.option("--role", required=True, type=click.Choice(STAFF_ROLES), help="What they may do.")
@click.option("--facility", help="Where they work (roles cashier and site_manager).")
def add(login: str, name: str, role: str, facility: str | None) -> None:
    """Open an account and print its one-time password, this once: it is kept nowhere."""
    with _accounts() as session:
        post = Post(role, facility)
        added = add_person(session, OPERATOR, login=login, name=name, post=post)
        password = give_password(session, OPERATOR, added.code, at=_now())
    click.echo(f"{added.name} is {added.code} and signs in as {added.login} at /staff/sign-in.")
    _show_once(password)


@user.command("list", epilog="Example: stadtkasse user list")
def list_command() -> None:
    """List all accounts, the locked ones too."""
    with the_database() as database, database.read_only() as session:
        everybody = people(session)
    for one in everybody:
        place = one.facility or "-"
        line = f"{one.code:<8} {one.login:<20} {one.role:<17} {place:<6} {_state(one):<10}"
        click.echo(f"{line} {one.name}")
    click.echo(f"{len(everybody)} accounts", err=True)


@user.command(epilog="Example: stadtkasse user password --login a.admin")
@LOGIN
def password(login: str) -> None:
    """Print a one-time password for whoever forgot theirs; it ends their sessions."""
    with _accounts() as session:
        code = person_by_login(session, login).code
        one_time = give_password(session, OPERATOR, code, at=_now())
    _show_once(one_time)


@user.command(epilog="Example: stadtkasse user pin --login c.cashier")
@LOGIN
@click.option("--pin", prompt=True, hide_input=True, help="Six digits; asked for without it.")
def pin(login: str, pin: str) -> None:
    """Set the PIN with which a person signs in at the tills of their site."""
    with _accounts() as session:
        code = person_by_login(session, login).code
        outcome = set_pin(session, OPERATOR, code, pin, at=_now())
    if isinstance(outcome, PinTaken):
        raise Refusal(sentence("pin_taken").english)
    click.echo(f"The PIN opens the tills of {outcome.facility}.")


@user.command("deactivate", epilog="Example: stadtkasse user deactivate --login c.cashier")
@LOGIN
def deactivate_command(login: str) -> None:
    """Lock a person out everywhere, from now on."""
    with _accounts() as session:
        code = person_by_login(session, login).code
        deactivate(session, OPERATOR, code, at=_now())
    click.echo(f"{login} can sign in no more.")


@contextmanager
def _accounts() -> Iterator[Session]:
    """A transaction in which what is refused ends the command with its sentence."""
    try:
        with the_database() as database, database.transaction() as session:
            yield session
    except LedgerError as error:
        raise Refusal(sentence(error.code).english) from error


def _show_once(password: str) -> None:
    click.echo("One-time password, shown only now, good for 7 days:", err=True)
    click.echo(password)


def _state(one: Person) -> str:
    if not one.is_active:
        return "locked"
    return "new" if one.password_until else "active"


def _now() -> datetime:
    return datetime.now(UTC)
