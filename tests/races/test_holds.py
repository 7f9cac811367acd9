"""Holds raced by threads with connections and commits of their own, and a twin without guards that must oversell."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import flask_migrate
import pytest
from flask import Flask
from sqlalchemy import Connection, ExecutionContext, event, func, select, text
from sqlalchemy.exc import SQLAlchemyError

from salesoffice.app import create_app
from salesoffice.core.errors import DomainError
from salesoffice.core.permissions import Role
from salesoffice.deals.models import Claim, Deal
from salesoffice.deals.queries import find_breaches
from salesoffice.infra.db import db, transaction
from salesoffice.inventory.models import Unit
from salesoffice.reservations.services import place_hold
from salesoffice.staff.models import User
from salesoffice.staff.queries import build_actor
from tests.factories import Office, make_office, make_user
from tests.support.postgres import Cluster

WAIT = 30
SECRET_KEY = "only-for-races-0123456789-abcdefghijk"


@pytest.fixture(params=["sqlite", "postgresql"])
def scene(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Flask, Office]]:
    """An application and its office on a database of its own."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'race.db'}"
    else:
        cluster: Cluster = request.getfixturevalue("postgres_cluster")
        url = cluster.create_database(f"holds_{tmp_path.name.replace('-', '_')}")
    address = url.replace("postgresql://", "postgresql+psycopg://")
    app = create_app(
        SQLALCHEMY_DATABASE_URI=address, DATA_DIR=tmp_path, SECRET_KEY=SECRET_KEY, LOG_LEVEL="CRITICAL"
    )
    with app.test_request_context():
        flask_migrate.upgrade()
        with transaction() as session:
            office = make_office(session)
        with transaction() as session:  # the number series exists, so that the race is about the unit alone
            place_hold(session, office.units[-1], actor=office.actor(office.manager))
    yield app, office
    with app.app_context():
        db.engine.dispose()


def add_reps(app: Flask, office: Office, count: int) -> list[User]:
    with app.test_request_context(), transaction() as session:
        return [make_user(session, f"racer{n}", project=office.project, role=Role.REP) for n in range(count)]


def race(app: Flask, reps: list[User], unit_id: int) -> Counter[str]:
    """Let every rep hold the unit at the same moment; count the answers by code."""
    start = threading.Barrier(len(reps))

    def hold(rep: User) -> str:
        with app.test_request_context():
            start.wait(WAIT)
            try:
                with transaction() as session:
                    place_hold(session, session.get_one(Unit, unit_id), actor=build_actor(rep))
            except DomainError as error:
                return error.code
            except SQLAlchemyError as error:
                return type(error).__name__
            finally:
                db.session.remove()
            return "held"

    with ThreadPoolExecutor(len(reps)) as pool:
        return Counter(pool.map(hold, reps))


def count_open_claims(app: Flask, unit_id: int) -> int:
    with app.test_request_context():
        statement = select(func.count()).where(Claim.unit_id == unit_id, Claim.closed_at.is_(None))
        return db.session.scalar(statement) or 0


@pytest.mark.parametrize("contenders", [2, 20])
def test_race_for_one_unit_has_one_winner(scene: tuple[Flask, Office], contenders: int) -> None:
    app, office = scene
    reps = add_reps(app, office, contenders)

    answers = race(app, reps, office.units[0].id)

    assert answers == Counter(held=1, unit_taken=contenders - 1)
    assert count_open_claims(app, office.units[0].id) == 1
    with app.test_request_context():
        assert list(find_breaches(db.session())) == []
        assert sorted(db.session.scalars(select(Deal.number))) == ["D000001", "D000002"]


def test_index_alone_refuses_the_second_claim(scene: tuple[Flask, Office]) -> None:
    app, office = scene
    reps = add_reps(app, office, 8)

    with without_locks(app, meet_before_numbering(len(reps))):
        answers = race(app, reps, office.units[0].id)

    assert count_open_claims(app, office.units[0].id) == 1
    assert answers["held"] <= 1
    assert set(answers) <= {"held", "unit_taken", "IntegrityError", "OperationalError"}


def test_race_without_guards_oversells(scene: tuple[Flask, Office]) -> None:
    app, office = scene
    reps = add_reps(app, office, 8)
    with app.test_request_context(), transaction() as session:
        session.execute(text("DROP INDEX uq_claims_open_unit"))

    with without_locks(app, meet_before_numbering(len(reps))):
        race(app, reps, office.units[0].id)

    assert count_open_claims(app, office.units[0].id) > 1
    with app.test_request_context():
        found = list(find_breaches(db.session()))
    assert any("open claims" in breach for breach in found)


Listener = Callable[..., tuple[str, Any]]


def meet_before_numbering(count: int) -> Listener:
    """Let all contenders have looked at the unit before the first of them writes; take the locks off statements.

    Without BEGIN IMMEDIATE every statement on SQLite commits for itself.
    """
    meeting = threading.Barrier(count)

    def prepare(
        _connection: Connection,
        _cursor: Any,
        statement: str,
        parameters: Any,
        _context: ExecutionContext | None,
        _executemany: bool,
    ) -> tuple[str, Any]:
        if statement.startswith("UPDATE number_series"):
            meeting.wait(WAIT)
        return statement.replace(" FOR NO KEY UPDATE", "").replace("BEGIN IMMEDIATE", "--"), parameters

    return prepare


@contextmanager
def without_locks(app: Flask, prepare: Listener) -> Iterator[None]:
    """Take the guards of one engine away for a while."""
    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", prepare, retval=True)
    try:
        yield
    finally:
        event.remove(engine, "before_cursor_execute", prepare)
