"""Prices changed at the desk: drafted by one person, released by another."""

from config.migrations.scripts import run_script

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    run_script("0025_price_changes")
