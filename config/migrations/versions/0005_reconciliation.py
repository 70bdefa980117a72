"""Statements of the bank, what they were matched with, open differences, night runs."""

from pathlib import Path

from alembic import op

revision = "0005"
down_revision = "0004"

SQL = Path(__file__).parents[1] / "sql"


def upgrade() -> None:
    script = (SQL / "0005_reconciliation.sql").read_text(encoding="utf-8")
    op.get_bind().connection.driver_connection.execute(script)
