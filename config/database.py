"""Transactions: the one place where sessions to the books are opened, committed and rolled back.

Services take the session they are given; the outermost caller (a request, a job, a command)
opens it here.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from sqlalchemy import URL, Engine, create_engine, make_url, text
from sqlalchemy.orm import Session

from config.postgres import EmbeddedServer, embedded_server
from config.settings import Settings

APP_ROLE = "stadtkasse_app"
DATABASE = "stadtkasse"

PATIENCE_SECONDS = 15

# A till waits at most 3 s for a lock; a request never runs longer than 15 s.
SESSION_OPTIONS = {
    "role": APP_ROLE,
    "timezone": "UTC",
    "default_transaction_isolation": "read\\ committed",
    # Our reads touch a few rows through an index; starting workers for them costs forty times more.
    "max_parallel_workers_per_gather": "0",
    "lock_timeout": "3s",
    "statement_timeout": f"{PATIENCE_SECONDS}s",
    "idle_in_transaction_session_timeout": "60s",
}


@dataclass(frozen=True, slots=True)
class Database:
    """One database of one city, as the application's role; jobs have more patience."""

    engine: Engine
    admin_url: URL
    patience_seconds: int = PATIENCE_SECONDS

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """A session whose work is committed at the end, or not at all."""
        with Session(self.engine, expire_on_commit=False) as session, session.begin():
            self._take_time(session)
            yield session

    @contextmanager
    def read_only(self) -> Iterator[Session]:
        """A session that sees one consistent moment of the books and cannot write."""
        with Session(self.engine, info={"sees_one_moment": True}) as session:
            session.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"))
            self._take_time(session)
            yield session

    def with_patience(self, seconds: int) -> "Database":
        """The same database for a job: a statement may take `seconds`."""
        return replace(self, patience_seconds=seconds)

    def _take_time(self, session: Session) -> None:
        if self.patience_seconds != PATIENCE_SECONDS:
            session.execute(text(f"SET LOCAL statement_timeout = '{self.patience_seconds}s'"))


@contextmanager
def open_database(settings: Settings) -> Iterator[Database]:
    """The database the settings name, or the embedded server's, started while we use it."""
    if settings.database_url:
        url = with_driver(settings.database_url)
        admin = with_driver(settings.admin_url) if settings.admin_url else url
        with _disposed(Database(engine_for(url), admin)) as database:
            yield database
        return
    with embedded_server(settings.state_dir / "postgresql") as server:
        _create_database(server)
        admin = make_url(server.url(DATABASE, "postgres"))
        with _disposed(Database(engine_for(make_url(server.url(DATABASE))), admin)) as database:
            yield database


def engine_for(url: URL, **options: str) -> Engine:
    """An engine with our session settings; `options` override them by name."""
    settings = {**SESSION_OPTIONS, **options}
    return create_engine(
        url,
        connect_args={
            "options": " ".join(f"-c {name}={value}" for name, value in settings.items()),
            "prepare_threshold": 0,  # the posting call is worth a plan from its first use
            "application_name": "stadtkasse",
        },
        pool_size=10,
        max_overflow=20,
        hide_parameters=True,  # an error is logged, and an address it was about is not
    )


def with_driver(address: str) -> URL:
    """The address with the driver we use, where it names none."""
    url = make_url(address)
    if url.drivername in ("postgres", "postgresql"):
        return url.set(drivername="postgresql+psycopg")
    return url


@contextmanager
def _disposed(database: Database) -> Iterator[Database]:
    try:
        yield database
    finally:
        database.engine.dispose()


def _create_database(server: EmbeddedServer) -> None:
    engine = create_engine(server.url("postgres", "postgres"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        known = connection.scalar(
            text("SELECT 1 FROM pg_database WHERE datname = :name"), {"name": DATABASE}
        )
        if not known:
            connection.execute(text(f'CREATE DATABASE "{DATABASE}"'))
    engine.dispose()
