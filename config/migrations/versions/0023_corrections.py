"""Correcting entries of a case, released by a second person, and their reversal."""

from config.migrations.scripts import run_script

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    run_script("0023_corrections")
