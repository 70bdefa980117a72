"""Devices: who may call the API, known by the hash of its token."""

from config.migrations.scripts import run_script

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    run_script("0004_devices")
