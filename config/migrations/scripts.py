"""Running the SQL script of a migration as it stands in `sql/`."""

from pathlib import Path

from alembic import op

SQL = Path(__file__).parent / "sql"


def run_script(name: str) -> None:
    """Execute `sql/NAME.sql` in the migration's transaction."""
    run_sql((SQL / f"{name}.sql").read_text(encoding="utf-8"))


def run_sql(script: str) -> None:
    """Execute statements straight at the driver: their percent signs are no placeholders."""
    driver = op.get_bind().connection.driver_connection
    assert driver is not None
    driver.execute(script)
