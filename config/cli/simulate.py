"""`stadtkasse simulate`: counterparties to try things with, on this machine."""

import signal
import threading
from dataclasses import replace

import click

from config.cli.output import Refusal
from terminals.simulators.mail import Mailbox
from terminals.simulators.stripe import BRISK, CARDS, Guest, Simulator

READERS = 20
_PORTS = click.IntRange(0, 65535)


@click.group(epilog="Example: stadtkasse simulate stripe --port 12111")
def simulate() -> None:
    """Counterparties that speak their real protocols, for practice and demonstration."""


@simulate.command(
    "stripe",
    epilog="Example: stadtkasse simulate stripe --webhook http://localhost:8000/webhooks/stripe"
    " --secret whsec_practice",
)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=12111, show_default=True, type=_PORTS)
@click.option(
    "--readers", default=1, show_default=True, type=click.IntRange(1, READERS), help="How many."
)
@click.option(
    "--guest",
    type=click.Choice(tuple(CARDS)),
    help="Card every guest presents by itself; without it, the control page waits for a hand.",
)
@click.option("--webhook", metavar="URL", help="Where events are sent, signed with --secret.")
@click.option("--secret", multiple=True, help="whsec_…; two during a rotation, each signs.")
@click.option("--public", default="", metavar="URL", help="Its address in browsers, if another.")
@click.option("--sepa-seconds", default=BRISK.sepa_seconds, show_default=True,
              type=click.IntRange(0), help="How long a SEPA debit takes.")  # fmt: skip
@click.option("--payout-seconds", type=click.IntRange(1),
              help="Pay out by itself, this often; without it, the control page does.")  # fmt: skip
def stripe(
    host: str, port: int, *, readers: int, guest: str | None, webhook: str | None,
    secret: tuple[str, ...], public: str, sepa_seconds: int, payout_seconds: int | None,
) -> None:  # fmt: skip
    """A Stripe with card readers and payment pages, until stopped.

    Its address in a browser is the control page. Any key that begins with sk_test_ opens it.
    Nothing is kept when it ends.
    """
    if bool(webhook) != bool(secret):
        raise click.UsageError("--webhook and --secret belong together.")
    settings = replace(BRISK, sepa_seconds=sepa_seconds)
    if payout_seconds:
        settings = replace(settings, is_paying_out=True, payout_every_seconds=payout_seconds)
    labels = {f"tmr_simulated{number:04}": f"Kasse {number}" for number in range(1, readers + 1)}
    always = Guest(guest, looks=3, is_slow=True) if guest else None
    try:
        simulator = Simulator(
            port, host=host, readers=labels, guest=always, settings=settings, public=public
        )
    except OSError as trouble:
        raise _taken(f"{host}:{port}", trouble) from trouble
    with simulator:
        if webhook:
            simulator.webhooks.add(webhook, *secret)
        click.echo(f"Stripe is simulated at {simulator.address}", err=True)
        click.echo(f"Readers: {', '.join(labels)}", err=True)
        _wait_for_the_end()


@simulate.command("mail", epilog="Example: stadtkasse simulate mail --smtp-port 1025 --port 8025")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--smtp-port", default=1025, show_default=True, type=_PORTS,
              help="Where mails are sent to.")  # fmt: skip
@click.option("--port", default=8025, show_default=True, type=_PORTS,
              help="Where they can be read.")  # fmt: skip
def mail(host: str, smtp_port: int, port: int) -> None:
    """A mail server that delivers nothing: a page shows what was sent, until stopped."""
    try:
        mailbox = Mailbox(smtp_port, port, host=host)
    except OSError as trouble:
        raise _taken(f"{host}:{smtp_port} and {host}:{port}", trouble) from trouble
    with mailbox:
        click.echo(f"Mails are taken at {host}:{mailbox.smtp_port}", err=True)
        click.echo(f"They are read at {mailbox.address}", err=True)
        _wait_for_the_end()


def _taken(where: str, trouble: OSError) -> Refusal:
    reason = trouble.strerror or str(trouble)
    return Refusal(f"Cannot listen on {where} ({reason}): choose another with --port.")


def _wait_for_the_end() -> None:
    """Until Ctrl-C or SIGTERM."""
    ended = threading.Event()
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, lambda *_: ended.set())
    ended.wait()
