"""The services: wallets, charges, what was handed out for free, passes, children and meals."""

from pathlib import Path

from alembic import op

revision = "0003"
down_revision = "0002"

SQL = Path(__file__).parents[1] / "sql"


def upgrade() -> None:
    script = (SQL / "0003_services.sql").read_text(encoding="utf-8")
    op.get_bind().connection.driver_connection.execute(script)
