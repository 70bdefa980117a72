"""The catalogue: bank accounts, taxes, facilities, products, dated prices and posting rules."""

from config.migrations.scripts import run_script

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    run_script("0002_catalogue")
