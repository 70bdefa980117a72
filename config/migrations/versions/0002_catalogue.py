"""The catalogue: bank accounts, taxes, facilities, products, dated prices and posting rules."""

from pathlib import Path

from alembic import op

revision = "0002"
down_revision = "0001"

SQL = Path(__file__).parents[1] / "sql"


def upgrade() -> None:
    script = (SQL / "0002_catalogue.sql").read_text(encoding="utf-8")
    op.get_bind().connection.driver_connection.execute(script)
