"""The services: wallets, charges, what was handed out for free, passes, children and meals."""

from config.migrations.scripts import run_script

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    run_script("0003_services")
