"""Shared fixtures: the application on a real SQLite file and on a real PostgreSQL database, emptied for each test.

`app` runs a test once per database. `session` is for tests of services and queries (with an application context);
`client` for tests of pages and of the API (no context of its own, as in production). `office` is a small project with
a person for each role.
"""

import contextvars
import itertools
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TypeVar

import flask_migrate
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.orm import Session

from salesoffice.app import create_app
from salesoffice.infra.db import Model, db, transaction
from salesoffice.staff.models import User
from salesoffice.staff.queries import SESSION_KEY
from salesoffice.staff.services import start_session
from tests.factories import Office, make_office

pytest_plugins = ["tests.support.postgres", "tests.support.smtp"]

ROOT = Path(__file__).parent.parent
SECRET_KEY = "only-for-tests-0123456789-abcdefghijkl"
DATABASES = ("sqlite", "postgresql")

T = TypeVar("T")

_DELETE = """
DO $$ DECLARE found record; BEGIN
  SET LOCAL session_replication_role = replica;
  FOR found IN SELECT unnest(ARRAY[{names}]) AS name LOOP
    EXECUTE format('DELETE FROM %I', found.name);
  END LOOP;
  FOR found IN SELECT sequencename AS name FROM pg_sequences
    WHERE schemaname = current_schema AND last_value IS NOT NULL LOOP
    PERFORM setval(format('%I', found.name), 1, false);
  END LOOP;
END $$
"""
_TRUNCATE = """
DO $$ BEGIN
  EXECUTE (SELECT 'TRUNCATE ' || string_agg(format('%I', name), ', ') || ' RESTART IDENTITY CASCADE'
           FROM unnest(ARRAY[{names}]) AS name);
END $$
"""
"""Two ways to empty PostgreSQL. Deleting the few rows of a test takes a tenth of the time of truncating a hundred tables;
its foreign keys and the triggers that freeze rows are off meanwhile. What it leaves behind is truncated now and then.
"""
_TRUNCATE_EVERY = 200


class FreshContextClient(FlaskClient):
    """A client whose requests see no context of the test, as requests do in production."""

    def open(self, *args: Any, **kwargs: Any) -> Any:
        response = contextvars.Context().run(super().open, *args, **kwargs)
        for answer in (response, *response.history):  # a large upload lies in a temporary file
            answer.request.environ["wsgi.input"].close()
        return response


@dataclass(frozen=True)
class TestDatabase:
    """An application bound to one database, and the way to empty it."""

    __test__ = False

    app: Flask
    reset: Callable[[], None]


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real input files; tests that need it are skipped where it is absent."""
    folder = Path(os.environ.get("SALESOFFICE_SHARED_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"real input data is not at {folder}; set SALESOFFICE_SHARED_DATA to its folder")
    return folder


@pytest.fixture(scope="session", params=DATABASES)
def database(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[TestDatabase]:
    """The application on each database in turn, migrated once per worker."""
    folder = tmp_path_factory.mktemp(request.param)
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    if request.param == "sqlite":
        found = _sqlite_database(folder)
    else:
        cluster = request.getfixturevalue("postgres_cluster")
        cluster.drop_database(f"test_{worker}")  # with xdist the parameters alternate file by file
        found = _postgresql_database(cluster.create_database(f"test_{worker}"), folder)
    yield found
    with found.app.app_context():
        db.engine.dispose()


@pytest.fixture
def app(database: TestDatabase) -> Flask:
    """The application on an empty database."""
    database.reset()
    return database.app


@pytest.fixture
def session(app: Flask) -> Iterator[Session]:
    """A database session inside an application context, for tests that call services and queries."""
    with app.test_request_context():
        yield db.session()
        db.session.remove()


@pytest.fixture
def office(app: Flask) -> Office:
    """A project with a building of priced, permitted, released units and a person for each role."""
    with app.test_request_context(), transaction() as session:
        return make_office(session)


class Do(Protocol):
    """Runs a change in a transaction of its own and returns what it returns."""

    def __call__(self, change: Callable[[Session], T]) -> T: ...


@pytest.fixture
def do(app: Flask) -> Do:
    """Run a change in a transaction of its own, committed for the other sessions to see."""

    def run(change: Callable[[Session], T]) -> T:
        with app.test_request_context(), transaction() as session:
            return change(session)

    return run


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser that nobody is signed in with."""
    app.test_client_class = FreshContextClient
    return app.test_client()


@pytest.fixture
def sign_in(app: Flask) -> Callable[[User], FlaskClient]:
    """Open a browser signed in as a user: `sign_in(office.rep).get(...)`."""
    app.test_client_class = FreshContextClient

    def open_browser(user: User) -> FlaskClient:
        with app.test_request_context(), transaction() as session:
            token = start_session(session, user)
        browser = app.test_client()
        with browser.session_transaction() as cookie:
            cookie[SESSION_KEY] = token
        return browser

    return open_browser


def _sqlite_database(folder: Path) -> TestDatabase:
    template, path = folder / "template.db", folder / "test.db"
    _migrate(_make_app(f"sqlite:///{template}", folder))
    app = _make_app(f"sqlite:///{path}", folder)

    def reset() -> None:
        with app.app_context():
            db.session.remove()
            db.engine.dispose()
        for suffix in ("-wal", "-shm"):
            path.with_name(path.name + suffix).unlink(missing_ok=True)
        shutil.copyfile(template, path)

    return TestDatabase(app, reset)


def _postgresql_database(url: str, folder: Path) -> TestDatabase:
    app = _make_app(url.replace("postgresql://", "postgresql+psycopg://", 1), folder)
    _migrate(app)
    tables = [table.name for table in Model.metadata.sorted_tables]
    resets = itertools.count(1)

    def reset() -> None:
        empty = _TRUNCATE if next(resets) % _TRUNCATE_EVERY == 0 else _DELETE
        with app.app_context():
            db.session.remove()
            with db.engine.begin() as connection:
                connection.execute(text(empty.format(names=", ".join(f"'{name}'" for name in tables))))

    return TestDatabase(app, reset)


def _make_app(url: str, folder: Path) -> Flask:
    return create_app(
        SECRET_KEY=SECRET_KEY, SQLALCHEMY_DATABASE_URI=url, DATA_DIR=folder / "data", TESTING=True, LOG_LEVEL="ERROR",
        WTF_CSRF_ENABLED=False,
    )  # fmt: skip


def _migrate(app: Flask) -> None:
    with app.app_context():
        flask_migrate.upgrade()
        if db.engine.dialect.name == "sqlite":
            with db.engine.connect() as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        db.engine.dispose()
