"""The database: typed base class, engines set up for safe writing, and the one way to write: `transaction()`."""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

from flask import Flask
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Connection, Engine, MetaData, Select, event
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.pool import ConnectionPoolEntry

NAMING_CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

T = TypeVar("T")

_WRITING = "salesoffice_writing"


class Model(DeclarativeBase):
    """Base of every table."""

    metadata = MetaData(naming_convention=NAMING_CONVENTION)


db = SQLAlchemy(metadata=Model.metadata, disable_autonaming=True, session_options={"expire_on_commit": False})
migrate = Migrate()

_before_commit: list[Callable[[Session], None]] = []


def before_commit(closer: Callable[[Session], None]) -> Callable[[Session], None]:
    """Register a function that every transaction runs last, just before it commits."""
    _before_commit.append(closer)
    return closer


@contextmanager
def transaction() -> Iterator[Session]:
    """Open the one transaction of an entry point; commit at its end, roll back on any error.

    Earlier reads of the same session are ended first, so that on SQLite the transaction begins with BEGIN IMMEDIATE
    and on PostgreSQL it sees what was committed up to now. Nesting raises RuntimeError: services never open one.
    """
    session = db.session()
    if session.info.get(_WRITING):
        raise RuntimeError("transaction() is already open: services never open one")
    session.rollback()
    session.info[_WRITING] = True
    try:
        session.connection(execution_options={"salesoffice_write": True})
        yield session
        session.flush()
        for closer in _before_commit:
            closer(session)
        session.commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        session.info.clear()


def lock_rows(session: Session, statement: Select[T]) -> Sequence[T]:
    """Lock the selected rows until the transaction ends and return them fresh, in the order of the statement.

    Order units, then accounts, then number series. On SQLite the whole database is locked already. Rows that point at
    a locked row can still be added (FOR NO KEY UPDATE): publishing prices points at every unit, in no order.
    """
    locking = statement.with_for_update(key_share=True).execution_options(populate_existing=True)
    return session.scalars(locking).all()


@event.listens_for(Session, "before_flush")
def _refuse_writing_outside_transaction(session: Session, _context: object, _instances: object) -> None:
    if not session.info.get(_WRITING):
        raise RuntimeError("write outside of transaction()")


@event.listens_for(Engine, "connect")
def _prepare_connection(dbapi_connection: Any, _record: ConnectionPoolEntry) -> None:
    if not isinstance(dbapi_connection, sqlite3.Connection):
        return
    dbapi_connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "foreign_keys=ON", "busy_timeout=30000", "synchronous=FULL"):
        dbapi_connection.execute(f"PRAGMA {pragma}")


@event.listens_for(Engine, "begin")
def _begin_on_sqlite(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        is_write = connection.get_execution_options().get("salesoffice_write")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if is_write else "BEGIN")


def engine_options(url: str) -> dict[str, Any]:
    """Return the engine's options for a database address."""
    quiet = {"hide_parameters": True}  # they hold names and phones, and errors are logged
    if url.startswith("sqlite"):
        return quiet
    return quiet | {
        "pool_pre_ping": True,
        "pool_size": 20,
        "max_overflow": 10,
        "connect_args": {"connect_timeout": 2, "tcp_user_timeout": 3000},
    }


def init_db(app: Flask) -> None:
    """Bind the database and the migrations to the application."""
    db.init_app(app)
    migrate.init_app(app, db, directory=app.config["MIGRATIONS_DIR"], render_as_batch=True, compare_type=True)
