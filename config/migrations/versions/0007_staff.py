"""Staff: who works here, how they prove it, and the log of what they did."""

from config.migrations.scripts import run_script

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    run_script("0007_staff")
