"""`stadtkasse device`: let tills and other devices call the API, and close the door again."""

from datetime import UTC, datetime

import click

from config.access import DEVICE_ROLES
from config.cli.output import Refusal, the_database
from config.errors import sentence
from ledger.calendar import CITY_TIME
from ledger.permissions import Caller
from terminals.devices import add_device, devices, new_token, revoke_device
from terminals.enrolment import make_code
from terminals.errors import TerminalsError


@click.group()
def device() -> None:
    """Devices that may call the API: add them, list them, revoke them."""


@device.command(epilog="Example: stadtkasse device add --name B01-1 --role till --till B01-1")
@click.option("--name", required=True, help="What people call the device; never used twice.")
@click.option("--role", required=True, type=click.Choice(DEVICE_ROLES), help="What it may do.")
@click.option("--till", help="The till it belongs to (role till).")
@click.option(
    "--facility", help="The facility it belongs to, where there is no till (roles till, gate)."
)
def add(name: str, role: str, till: str | None, facility: str | None) -> None:
    """Let a device in and print its token, this once: it is kept nowhere."""
    if till and facility:
        raise click.UsageError("Give --till or --facility: a till's facility is known.")
    token = new_token()
    with the_database() as database, _sentences(), database.transaction() as session:
        added = add_device(session, name, role=role, token=token, facility=facility, till=till)
    place = added.till or added.facility
    click.echo(f"{added.name} may call the API as {added.role}{f' at {place}' if place else ''}.")
    click.echo("Its token, shown only now:", err=True)
    click.echo(token)


@device.command("list", epilog="Example: stadtkasse device list")
def list_command() -> None:
    """List all devices, the revoked ones too."""
    with the_database() as database, database.read_only() as session:
        known = devices(session)
    for one in known:
        state = "revoked" if one.revoked_at else "in use"
        place = one.till or one.facility or "-"
        click.echo(f"{one.name:<24} {one.role:<14} {place:<8} {one.added_at:%Y-%m-%d} {state}")
    click.echo(f"{len(known)} devices", err=True)


@device.command(epilog="Example: stadtkasse device revoke --name B01-1")
@click.option("--name", required=True, help="The device to lock out.")
def revoke(name: str) -> None:
    """Lock a device out, for good: to come back it needs a new name and a new token."""
    with the_database() as database, _sentences(), database.transaction() as session:
        revoke_device(session, name)
    click.echo(f"{name} may call the API no more.")


@device.command(epilog="Example: stadtkasse device enrol --till B01-1")
@click.option("--till", required=True, help="The till a device shall stand at.")
def enrol(till: str) -> None:
    """Print a code a till enrols with, once, within a quarter of an hour."""
    by, now = Caller("command line", "operator"), datetime.now(UTC)
    with the_database() as database, _sentences(), database.transaction() as session:
        made = make_code(session, by, till, at=now)
    ends = made.expires_at.astimezone(CITY_TIME)
    click.echo(f"To be typed at {till} until {ends:%H:%M}:", err=True)
    click.echo(made.spoken)


class _sentences:
    """Context: what this package refuses ends the command with its sentence."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, TerminalsError):
            raise Refusal(sentence(error.code).english) from error
