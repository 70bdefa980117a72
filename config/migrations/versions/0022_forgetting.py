"""Being forgotten at the provider, and a payer's address that changes."""

from config.migrations.scripts import run_script

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    run_script("0022_forgetting")
