"""What providers may keep of a payment by card."""

from config.migrations.scripts import run_script

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    run_script("0021_card_tariff")
