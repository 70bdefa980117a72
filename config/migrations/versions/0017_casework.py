"""Casework on differences: who did what, and what a second person released."""

from config.migrations.scripts import run_script

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    run_script("0017_casework")
