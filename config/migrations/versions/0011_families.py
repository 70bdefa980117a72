"""Families: standing orders, shared payers, menus and cases."""

from config.migrations.scripts import run_script

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    run_script("0011_families")
