"""Batches handed over to the city's finance system and to the bank."""

from config.migrations.scripts import run_script

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    run_script("0019_exports")
