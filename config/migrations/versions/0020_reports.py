"""Takings and cash by day and facility, and surprise audits of tills."""

from config.migrations.scripts import run_script

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    run_script("0020_reports")
