"""Deliveries of files: what came when, and what became of it."""

from config.migrations.scripts import run_script

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    run_script("0016_deliveries")
