"""`stadtkasse serve`: the pages and the API, and the server that the demonstration uses too."""

import socket
import threading
from collections.abc import Callable
from datetime import timedelta

import click
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from config.app import create_app
from config.checkout import provider_from
from config.cli.output import Refusal, the_database
from config.database import Database, engine_for
from config.page_data import city_page
from config.server import listening, serve_app
from config.settings import Settings
from config.web.assets import AssetsMissing, check
from config.web.pages import CounterLink
from ledger.permissions import Caller
from ledger.staff.sessions import SessionRule
from terminals.checkout.provider import Provider

THREADS = 8


@click.command("serve", epilog="Example: stadtkasse serve --host 0.0.0.0 --port 8000")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535))
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1, 64))
def serve(host: str, port: int, workers: int) -> None:
    """Serve the pages and the JSON API until stopped.

    Behind a proxy that speaks HTTPS. Seals and nights are `stadtkasse worker`'s.
    """
    settings = Settings.from_environment()
    with the_database() as database, listening(host, port) as ready:
        click.echo(f"Listening on http://{host}:{ready.getsockname()[1]}", err=True)
        run(ready, database, settings, workers=workers)


def check_assets() -> None:
    """Refuse with a sentence while the browser assets are missing."""
    try:
        check()
    except AssetsMissing as missing:
        raise Refusal(str(missing)) from missing


def run(
    ready: socket.socket,
    database: Database,
    settings: Settings,
    *,
    city: str = "Stadt Aachen",
    visitor: Caller | None = None,
    workers: int = 1,
    beside: Callable[[Database, threading.Event], None] | None = None,
    counters: tuple[CounterLink, ...] = (),
) -> None:
    """Serve on a listening socket, which this takes over, until SIGINT or SIGTERM.

    visitor: who is taken for a request without a token, in the demonstration alone. beside:
    runs in a thread of the worker, with an event that is set when it shall end. counters: tills
    the page leads to.
    """
    check_assets()
    provider = provider_of(settings)
    url, admin_url = database.engine.url, database.admin_url
    database.engine.dispose()  # a connection must not be shared with the workers forked below

    def make_app() -> Flask:
        own = Database(engine_for(url), admin_url)
        if beside is not None:
            ending = threading.Event()
            threading.Thread(target=beside, args=(own, ending), daemon=True).start()
        return _app(own, settings, city, visitor=visitor, counters=counters, provider=provider)

    serve_app(ready, make_app, workers=workers, threads=THREADS)


def provider_of(settings: Settings) -> Provider | None:
    """Who takes payments online. Raises Refusal with one sentence for a key that is none."""
    try:
        return provider_from(settings)
    except ValueError as wrong:
        raise Refusal(str(wrong)) from wrong


def _app(
    database: Database,
    settings: Settings,
    city: str,
    *,
    visitor: Caller | None,
    counters: tuple[CounterLink, ...],
    provider: Provider | None,
) -> Flask:
    idle, longest = settings.session_idle_minutes, settings.session_hours
    person = "Finanzbuchhaltung" if visitor else None
    app = create_app(
        city=city,
        city_page=lambda: city_page(database, city=city, person=person, counters=counters),
        is_ready=lambda: _answers(database),
        database=database,
        visitor=visitor,
        sessions=SessionRule(timedelta(minutes=idle), timedelta(hours=longest)),
        proxies=settings.proxies,
        origin=settings.origin,
    )
    app.extensions["provider"] = provider
    return app


def _answers(database: Database) -> bool:
    try:
        with database.read_only() as session:
            return session.scalar(text("SELECT true")) is True
    except OperationalError:
        return False
