"""Online payments: what was begun, heard and booked."""

from config.migrations.scripts import run_script

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    run_script("0010_online_payments")
