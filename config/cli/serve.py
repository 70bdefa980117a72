"""`stadtkasse serve`: the pages and the API, and the server that the demonstration uses too."""

import os
import socket
import threading
from collections.abc import Callable, Mapping
from typing import Any

import click
from flask import Flask
from gunicorn.app.base import BaseApplication
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from config.app import create_app
from config.cli.output import Refusal, the_database
from config.database import Database, engine_for
from config.page_data import city_page
from config.web.assets import AssetsMissing, check
from ledger.permissions import Caller

THREADS = 8


@click.command("serve", epilog="Example: stadtkasse serve --host 0.0.0.0 --port 8000")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535))
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1, 64))
def serve(host: str, port: int, workers: int) -> None:
    """Serve the pages and the JSON API until stopped.

    Behind a proxy that speaks HTTPS. Seals and nights are `stadtkasse worker`'s.
    """
    with the_database() as database, listening(host, port) as ready:
        click.echo(f"Listening on http://{host}:{ready.getsockname()[1]}", err=True)
        run(ready, database, workers=workers)


def listening(host: str, port: int) -> socket.socket:
    """A socket that listens there; port 0 takes any. Raises Refusal with one sentence."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    ready = socket.socket(family, socket.SOCK_STREAM)
    ready.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        ready.bind((host, port))
    except OSError as trouble:
        ready.close()
        reason = trouble.strerror or str(trouble)
        raise Refusal(
            f"Cannot listen on {host}:{port} ({reason}): choose another with --port."
        ) from trouble
    ready.listen(128)
    return ready


def check_assets() -> None:
    """Refuse with a sentence while the browser assets are missing."""
    try:
        check()
    except AssetsMissing as missing:
        raise Refusal(str(missing)) from missing


def run(
    ready: socket.socket,
    database: Database,
    *,
    city: str = "Stadt Aachen",
    visitor: Caller | None = None,
    workers: int = 1,
    beside: Callable[[Database, threading.Event], None] | None = None,
) -> None:
    """Serve on a listening socket, which this takes over, until SIGINT or SIGTERM.

    visitor: who is taken for a request without a token, in the demonstration alone. beside:
    runs in a thread of the worker, with an event that is set when it shall end.
    """
    check_assets()
    url, admin_url = database.engine.url, database.admin_url
    database.engine.dispose()  # a connection must not be shared with the workers forked below

    def make_app() -> Flask:
        own = Database(engine_for(url), admin_url)
        if beside is not None:
            ending = threading.Event()
            threading.Thread(target=beside, args=(own, ending), daemon=True).start()
        return _app(own, city, visitor)

    settings = {
        "bind": f"fd://{ready.detach()}", "workers": workers, "threads": THREADS,
        "worker_class": "gthread", "loglevel": "warning", "graceful_timeout": 5,
        "control_socket_disable": True,
    }  # fmt: skip
    ours = os.getpid()
    try:
        _Server(make_app, settings).run()
    except SystemExit as ended:
        if os.getpid() != ours:
            # A worker: what is to be closed around this call is its parent's, not its own.
            os._exit(ended.code if isinstance(ended.code, int) else 0)
        if ended.code not in (0, None):
            raise Refusal("The server stopped: see the lines above.") from ended


def _app(database: Database, city: str, visitor: Caller | None) -> Flask:
    person = "Finanzbuchhaltung" if visitor else None
    return create_app(
        city=city,
        city_page=lambda: city_page(database, city=city, person=person),
        is_ready=lambda: _answers(database),
        database=database,
        visitor=visitor,
    )


def _answers(database: Database) -> bool:
    try:
        with database.read_only() as session:
            return session.scalar(text("SELECT true")) is True
    except OperationalError:
        return False


class _Server(BaseApplication):  # type: ignore[misc]
    """gunicorn with settings of ours; it reads neither files nor the command line."""

    def __init__(self, make_app: Callable[[], Flask], settings: Mapping[str, Any]) -> None:
        self._make_app, self._settings = make_app, settings
        super().__init__()

    def load_config(self) -> None:
        for name, value in self._settings.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        return self._make_app()
