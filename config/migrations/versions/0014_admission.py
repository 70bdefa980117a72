"""Admission: tickets, gates and what they let in."""

from config.migrations.scripts import run_script

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    run_script("0014_admission")
