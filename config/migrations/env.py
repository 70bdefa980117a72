"""Alembic's entry: run the numbered migrations as the role that owns the books."""

from alembic import context
from sqlalchemy import Connection, text

from ledger.tables import metadata

OWNER = "stadtkasse_owner"


def run(connection: Connection) -> None:
    """Make the two roles where they are missing, then migrate as the owner."""
    for role, login in ((OWNER, "NOLOGIN"), ("stadtkasse_app", "LOGIN")):
        # Roles belong to the whole server: another city's database may have made them already.
        connection.execute(text(
            f"DO $$ BEGIN CREATE ROLE {role} {login}; "
            "EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$"
        ))  # fmt: skip
    connection.execute(text(f"GRANT {OWNER} TO CURRENT_USER"))
    connection.execute(text(f"GRANT USAGE, CREATE ON SCHEMA public TO {OWNER}"))
    connection.execute(text("GRANT USAGE ON SCHEMA public TO stadtkasse_app"))
    connection.execute(text(f"SET ROLE {OWNER}"))
    connection.commit()
    context.configure(
        connection=connection, target_metadata=metadata, transaction_per_migration=True
    )
    with context.begin_transaction():
        context.run_migrations()
    connection.execute(text("RESET ROLE"))
    connection.commit()


run(context.config.attributes["connection"])
