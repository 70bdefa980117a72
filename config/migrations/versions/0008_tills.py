"""Tills: how they enrol, what they sent, their shifts and bags, and what a second person decides."""

from config.migrations.scripts import run_script

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    run_script("0008_tills")
