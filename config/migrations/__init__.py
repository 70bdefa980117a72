"""The numbered migrations of the database and the two commands over them."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import URL, create_engine, text

OLDEST_SERVER = 150000


class DatabaseTooOld(Exception):
    """The server is older than PostgreSQL 15, which the books rely on."""


def upgrade(url: URL) -> str:
    """Bring the database behind `url` (a role that may create roles) to the newest revision.

    Returns that revision. Raises DatabaseTooOld; any error leaves the last good revision.
    """
    engine = create_engine(url)
    with engine.connect() as connection:
        version = connection.scalar(text("SELECT current_setting('server_version_num')::int"))
        if version < OLDEST_SERVER:
            raise DatabaseTooOld(f"PostgreSQL 15 or newer is needed, this is {version // 10000}")
        connection.rollback()
        settings = _settings()
        settings.attributes["connection"] = connection
        command.upgrade(settings, "head")
    engine.dispose()
    return head()


def current(url: URL) -> str | None:
    """The revision the database stands at; None for one never migrated."""
    engine = create_engine(url)
    with engine.connect() as connection:
        revision = MigrationContext.configure(connection).get_current_revision()
    engine.dispose()
    return revision


def head() -> str:
    """The newest revision this program knows; there is exactly one."""
    newest = ScriptDirectory.from_config(_settings()).get_current_head()
    assert newest is not None
    return newest


def _settings() -> Config:
    settings = Config()
    settings.set_main_option("script_location", str(Path(__file__).parent))
    settings.set_main_option("path_separator", "os")
    return settings
