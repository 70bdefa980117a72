"""Serving an application until stopped: a listening socket, gunicorn, and a quiet end."""

import gc
import os
import socket
from collections.abc import Callable, Mapping
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication

from config.cli.output import Refusal


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


def serve_app(
    ready: socket.socket,
    make_app: Callable[[], Flask],
    *,
    workers: int,
    threads: int,
    ended: Callable[[], None] = lambda: None,
) -> None:
    """Serve on a listening socket, which this takes over, until SIGINT or SIGTERM.

    make_app: called in each worker, after the fork; threads it starts are the worker's own.
    ended: called in each worker when it ends in order.
    """
    settings = {
        "bind": f"fd://{ready.detach()}", "workers": workers, "threads": threads,
        "worker_class": "gthread", "loglevel": "warning", "graceful_timeout": 5,
        "control_socket_disable": True, "worker_exit": lambda _server, _worker: ended(),
    }  # fmt: skip
    ours = os.getpid()
    try:
        _Server(make_app, settings).run()
    except SystemExit as over:
        if os.getpid() != ours:
            # A worker: what is to be closed around this call is its parent's, not its own.
            os._exit(over.code if isinstance(over.code, int) else 0)
        if over.code not in (0, None):
            raise Refusal("The server stopped: see the lines above.") from over


class _Server(BaseApplication):  # type: ignore[misc]
    """gunicorn with settings of ours; it reads neither files nor the command line."""

    def __init__(self, make_app: Callable[[], Flask], settings: Mapping[str, Any]) -> None:
        self._make_app, self._settings = make_app, settings
        super().__init__()

    def load_config(self) -> None:
        for name, value in self._settings.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        app = self._make_app()
        # What an application is made of stays until the end: looking at it again and again for
        # something to free took up to a third of a long request.
        gc.collect()
        gc.freeze()
        return app
