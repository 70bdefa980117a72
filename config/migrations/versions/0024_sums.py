"""Sums of sealed blocks by event and account of the chart, and days on which passes were used."""

from config.migrations.scripts import run_script

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    run_script("0024_sums")
