"""The books: accounts, guards, answers, entries, transfers, holds, closed days, blocks."""

from config.migrations.scripts import run_script

revision = "0001"
down_revision = None


def upgrade() -> None:
    for part in ("tables", "rules", "posting", "grants"):
        run_script(f"0001_{part}")
