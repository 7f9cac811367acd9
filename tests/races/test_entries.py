"""Two administrators enter the same at the same instant: one is refused as usual. On PostgreSQL, for SQLite lets one
writer in at a time.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Connection, ExecutionContext, event, select

from salesoffice.core.permissions import SYSTEM
from salesoffice.infra.db import db, transaction
from salesoffice.projects.models import Company, Project
from salesoffice.projects.services import create_project
from salesoffice.staff.enums import PasswordPolicy
from salesoffice.staff.models import User
from salesoffice.staff.services import Person, create_user
from tests.factories import PASSWORD
from tests.support.races import open_app
from tests.support.threads import run_together

WAIT = 20


@pytest.fixture
def app(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """An application with one company on a PostgreSQL database of its own."""
    with open_app(request, tmp_path, "postgresql") as made:
        with made.test_request_context(), transaction() as session:
            session.add(Company(name="Known"))
        yield made


@contextmanager
def meeting_before(app: Flask, table: str) -> Iterator[None]:
    """Let two have looked before the first of them inserts into a table."""
    meeting = threading.Barrier(2)

    def meet(
        _connection: Connection,
        _cursor: Any,
        statement: str,
        _parameters: Any,
        _context: ExecutionContext | None,
        _executemany: bool,
    ) -> None:
        if statement.startswith(f"INSERT INTO {table} "):
            meeting.wait(WAIT)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", meet)
    yield
    event.remove(engine, "before_cursor_execute", meet)


def enter_project(code: str, company: str) -> Callable[[], None]:
    def enter() -> None:
        create_project(db.session(), actor=SYSTEM, code=code, name="River", company=company)

    return enter


def enter_user() -> None:
    create_user(
        db.session(),
        Person("Rep"),
        actor=SYSTEM,
        email="rep@example.test",
        password=PASSWORD,
        policy=PasswordPolicy.ASVS,
    )


def test_same_project_code_at_once_is_refused_to_the_second(app: Flask) -> None:
    with meeting_before(app, "projects"):
        outcomes = run_together(app, *[enter_project("R1", "Known")] * 2)

    with app.test_request_context():
        codes = db.session.scalars(select(Project.code)).all()
    assert (outcomes, codes) == (["done", "project_code_taken"], ["R1"])


def test_same_new_company_at_once_is_added_once(app: Flask) -> None:
    with meeting_before(app, "companies"):
        outcomes = run_together(app, enter_project("R1", "New"), enter_project("R2", "New"))

    with app.test_request_context():
        names = db.session.scalars(select(Company.name).order_by(Company.id)).all()
    assert (outcomes, names) == (["done", "done"], ["Known", "New"])


def test_same_user_address_at_once_is_refused_to_the_second(app: Flask) -> None:
    with meeting_before(app, "users"):
        outcomes = run_together(app, enter_user, enter_user)

    with app.test_request_context():
        addresses = db.session.scalars(select(User.email)).all()
    assert (outcomes, addresses) == (["done", "email_taken"], ["rep@example.test"])
