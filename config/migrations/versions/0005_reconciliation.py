"""Statements of the bank, what they were matched with, open differences, night runs."""

from config.migrations.scripts import run_script

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    run_script("0005_reconciliation")
