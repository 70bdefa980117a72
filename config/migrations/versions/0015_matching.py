"""Three sides of every payment, and what came of holding them against each other."""

from config.migrations.scripts import run_script

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    run_script("0015_matching")
