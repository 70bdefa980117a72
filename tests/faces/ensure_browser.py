"""Makes sure that a Chromium is there for the tests of the faces; quiet when one is.

Run as a script before the tests. It looks for an installed browser, then lets Playwright fetch
its own, then asks Debian's package manager (as root only). Where nothing works it says so; the
tests of the faces then skip, or fail under CI.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
DOWNLOAD_SECONDS = 300


def find_browser() -> Path | None:
    """An installed Chromium that starts, or the one Playwright fetched, or None."""
    for name in NAMES:
        found = shutil.which(name)
        # Some systems put a stub there that only asks to install the real one.
        if found and _runs([found, "--version"], seconds=30):
            return Path(found)
    with sync_playwright() as playwright:
        own = Path(playwright.chromium.executable_path)
    return own if own.is_file() else None


def main() -> int:
    """Exit code 0, or 1 under CI when there is no browser to be had."""
    if find_browser():
        return 0
    for command in _ways_to_get_one():
        print(f"No Chromium found; trying: {' '.join(command)}", file=sys.stderr)
        if _runs(command, seconds=DOWNLOAD_SECONDS) and find_browser():
            return 0
    print(
        "No Chromium could be installed: the tests of the faces will not run. "
        "Install chromium or google-chrome and call this again.",
        file=sys.stderr,
    )
    return 1 if os.environ.get("CI") else 0


def _ways_to_get_one() -> list[list[str]]:
    fetch = [sys.executable, "-m", "playwright", "install"]
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return [[*fetch, "chromium"]]
    install = "apt-get update -q && apt-get install -q -y --no-install-recommends chromium"
    return [[*fetch, "--with-deps", "chromium"], ["sh", "-c", install]]


def _runs(command: list[str], *, seconds: int) -> bool:
    quiet = subprocess.DEVNULL
    try:
        done = subprocess.run(
            command, check=False, timeout=seconds, stdin=quiet, stdout=quiet, stderr=quiet
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


if __name__ == "__main__":
    sys.exit(main())
