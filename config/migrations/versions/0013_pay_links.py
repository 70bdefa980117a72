"""Pay links and fee notices."""

from config.migrations.scripts import run_script

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    run_script("0013_pay_links")
