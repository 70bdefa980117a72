"""`stadtkasse code`: printed guest codes for wallets and passes, and taking them back."""

from datetime import UTC, datetime
from pathlib import Path

import click

from config.cli.output import Refusal, the_database
from config.errors import sentence
from config.settings import Settings
from config.signing import SigningKeyTrouble, add_key, key_ring
from ledger.errors import LedgerError
from terminals.errors import TerminalsError
from terminals.qr.codes import card_text, cards_of, issue_card, revoke_card
from terminals.qr.drawing import png


@click.group()
def code() -> None:
    """Printed guest codes: issue them, list them, revoke them."""


@code.command(epilog="Example: stadtkasse code issue --wallet W-000017 --png card.png")
@click.option("--wallet", default="", help="The wallet that can be paid from with it.")
@click.option("--pass", "pass_code", default="", help="The pass that opens the gate with it.")
@click.option(
    "--png", "picture", type=click.Path(dir_okay=False, path_type=Path), help="Draw it here."
)
def issue(wallet: str, pass_code: str, picture: Path | None) -> None:
    """Issue a printed code and print its text; whoever has it can pay with it."""
    if bool(wallet) == bool(pass_code):
        raise click.UsageError("Give --wallet or --pass, one of the two.")
    try:
        keys = key_ring(Settings.from_environment())
        with the_database() as database, database.transaction() as session:
            card = issue_card(session, at=datetime.now(UTC), wallet=wallet, pass_code=pass_code)
    except (TerminalsError, LedgerError) as refused:
        raise Refusal(sentence(refused.code).english) from refused
    except SigningKeyTrouble as trouble:
        raise Refusal(str(trouble)) from trouble
    text = card_text(card, keys)
    if picture:
        picture.write_bytes(png(text))
    click.echo(f"Card {card.id} of {card.code}, valid until {card.valid_until:%Y-%m-%d}.", err=True)
    click.echo(text)


@code.command("list", epilog="Example: stadtkasse code list W-000017")
@click.argument("of")
def list_command(of: str) -> None:
    """List the printed codes of a wallet or pass, the revoked ones too."""
    with the_database() as database, database.read_only() as session:
        cards = cards_of(session, of)
    for card in cards:
        state = "revoked" if card.revoked_at else "in use"
        click.echo(f"{card.id:>8} {card.code} {card.issued_at:%Y-%m-%d} {state}")
    click.echo(f"{len(cards)} cards", err=True)


@code.command(epilog="Example: stadtkasse code revoke 42")
@click.argument("number", type=click.IntRange(1))
def revoke(number: int) -> None:
    """Revoke a printed code, for good: no till takes it from now on."""
    try:
        with the_database() as database, database.transaction() as session:
            card = revoke_card(session, number, at=datetime.now(UTC))
    except TerminalsError as refused:
        raise Refusal(sentence(refused.code).english) from refused
    click.echo(f"Card {card.id} of {card.code} is revoked.")


@code.command("new-key", epilog="Example: stadtkasse code new-key")
def new_key() -> None:
    """Sign codes with a new key from the next start of the server on.

    Codes signed before go on holding; tills hear of the key when they next ask for keys.
    """
    try:
        ring = add_key(Settings.from_environment())
    except SigningKeyTrouble as trouble:
        raise Refusal(str(trouble)) from trouble
    click.echo(f"Key {ring.signing.id} signs from the next start on; {len(ring.public)} are known.")
