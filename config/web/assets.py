"""Own and fetched browser assets, served under a version that changes whenever one of them does."""

import hashlib
import mimetypes
from collections.abc import Iterable, Mapping
from pathlib import Path

from flask import Flask, Response, abort, send_from_directory, url_for

from ledger.permissions import Permission, needs

WEB = Path(__file__).parent
FOREVER = "public, max-age=31536000, immutable"

mimetypes.add_type("font/woff2", ".woff2")  # not in every system's table
mimetypes.add_type("text/javascript", ".js")


class AssetsMissing(RuntimeError):
    """The fetched assets are absent or older than the lock; the message says what to do."""


def init_app(app: Flask, web: Path = WEB, *, trees: Mapping[str, Path] | None = None) -> None:
    """Serve `static/` and `vendor/` and give templates `asset('static/css/app.css')`.

    trees: further folders by the name they are served under, `asset('till/css/register.css')`.
    A style sheet may name its neighbours by relative address, also in another tree: they share
    the version. Raises AssetsMissing, because a page without its assets helps nobody.
    """
    check(web)
    folders = {"static": web / "static", "vendor": web / "vendor", **(trees or {})}
    version = digest(web, (trees or {}).values())

    @app.get("/assets/<seen>/<tree>/<path:name>")
    @needs(Permission.ASSETS_READ)
    def assets(seen: str, tree: str, name: str) -> Response:
        if tree not in folders:
            abort(404)
        response = send_from_directory(folders[tree], name)
        # A page from before an update asks for the old version and must not keep the new file.
        response.headers["Cache-Control"] = FOREVER if seen == version else "no-cache"
        return response

    @app.template_global()
    def asset(path: str) -> str:
        tree, _, name = path.partition("/")
        return url_for("assets", seen=version, tree=tree, name=name)


def check(web: Path = WEB) -> None:
    """Raise AssetsMissing unless `vendor/` is what package-lock.json (if it is here) asks for."""
    stamp = web / "vendor" / "package-lock.sha256"
    if not stamp.is_file():
        raise AssetsMissing(
            "The browser assets are missing in config/web/vendor: run `pip install -e .` once."
        )
    lock = web / "package-lock.json"
    if (
        lock.is_file()
        and hashlib.sha256(lock.read_bytes()).hexdigest() != stamp.read_text().strip()
    ):
        raise AssetsMissing(
            "The browser assets in config/web/vendor are out of date: run `pip install -e .` again."
        )


def digest(web: Path = WEB, trees: Iterable[Path] = ()) -> str:
    """Twelve hex digits over the names and contents of all assets."""
    seen = hashlib.sha256((web / "vendor" / "package-lock.sha256").read_bytes())
    for folder in (web / "static", *trees):
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                seen.update(f"\n{path.relative_to(folder.parent).as_posix()}\n".encode())
                seen.update(path.read_bytes())
    return seen.hexdigest()[:12]
