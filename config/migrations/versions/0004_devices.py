"""Devices: who may call the API, known by the hash of its token."""

from pathlib import Path

from alembic import op

revision = "0004"
down_revision = "0003"

SQL = Path(__file__).parents[1] / "sql"


def upgrade() -> None:
    script = (SQL / "0004_devices.sql").read_text(encoding="utf-8")
    op.get_bind().connection.driver_connection.execute(script)
