"""Signatures of days and months, and audits of tills."""

from config.migrations.scripts import run_script

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    run_script("0018_closing")
