"""Printed guest codes: which cards are out, and which were taken back."""

from config.migrations.scripts import run_script

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    run_script("0009_guest_codes")
