"""What races share: an application with real commits on a database of its own, and its locks taken away."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import flask_migrate
import pytest
from flask import Flask
from sqlalchemy import Connection, ExecutionContext, event

from salesoffice.app import create_app
from salesoffice.infra.db import db
from tests.support.postgres import Cluster


@contextmanager
def open_app(request: pytest.FixtureRequest, tmp_path: Path, kind: str) -> Iterator[Flask]:
    """Make an application on a migrated database of a kind (`sqlite`, `postgresql`) that nobody else uses."""
    url = f"sqlite:///{tmp_path / 'race.db'}"
    if kind == "postgresql":
        cluster: Cluster = request.getfixturevalue("postgres_cluster")
        url = cluster.create_database(f"race_{tmp_path.name.replace('-', '_')}")
    app = create_app(
        SQLALCHEMY_DATABASE_URI=url.replace("postgresql://", "postgresql+psycopg://"),
        DATA_DIR=tmp_path,
        SECRET_KEY="only-for-races-0123456789-abcdefghijk",
        LOG_LEVEL="CRITICAL",
    )
    with app.app_context():
        flask_migrate.upgrade()
    yield app
    with app.app_context():
        db.engine.dispose()


@contextmanager
def unlocked(app: Flask, table: str = "units") -> Iterator[None]:
    """Take the lock off the statements that lock rows of a table; the chain of the audit keeps its own."""

    def unlock(
        _connection: Connection,
        _cursor: Any,
        statement: str,
        parameters: Any,
        _context: ExecutionContext | None,
        _executemany: bool,
    ) -> tuple[str, Any]:
        if f"FROM {table}" in statement:
            statement = statement.replace(" FOR NO KEY UPDATE", "")
        return statement, parameters

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", unlock, retval=True)
    try:
        yield
    finally:
        event.remove(engine, "before_cursor_execute", unlock)
