"""The books: accounts, guards, answers, entries, transfers, holds, closed days, blocks."""

from pathlib import Path

from alembic import op

revision = "0001"
down_revision = None

SQL = Path(__file__).parents[1] / "sql"


def upgrade() -> None:
    for part in ("tables", "rules", "posting", "grants"):
        script = (SQL / f"0001_{part}.sql").read_text(encoding="utf-8")
        # Straight to the driver: the scripts' percent signs are theirs, not placeholders.
        op.get_bind().connection.driver_connection.execute(script)
