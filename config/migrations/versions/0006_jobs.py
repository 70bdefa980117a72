"""The queue of jobs: procrastinate's own tables, in the same database as the facts it acts on.

The schema is the installed package's (3.10.0). A newer package comes with a migration of ours
that runs its scripts in between; this one must then go on making the tables of 3.10.0.
"""

from procrastinate.schema import SchemaManager

from config.migrations.scripts import run_script, run_sql

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    run_sql(SchemaManager.get_schema())
    run_script("0006_jobs")
