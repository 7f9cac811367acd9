"""An overlay placed while somebody holds the unit: whoever is first wins, and nothing new begins on an overlaid unit.

On PostgreSQL, where two write at once; on SQLite the whole transaction waits. A twin without the lock shows both.
"""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import date
from pathlib import Path
from threading import Event
from typing import Any

import flask_migrate
import pytest
from flask import Flask
from sqlalchemy import Connection, ExecutionContext, event, func, select

from salesoffice.app import create_app
from salesoffice.core.errors import DomainError
from salesoffice.deals.models import Claim
from salesoffice.infra.db import db, transaction
from salesoffice.inventory.enums import OverlayKind
from salesoffice.inventory.models import Unit
from salesoffice.inventory.queries import find_overlays
from salesoffice.inventory.services import place_overlay
from salesoffice.reservations.services import place_hold
from tests.factories import Office, make_office
from tests.support.postgres import Cluster

WAIT = 20
PATIENCE = 0.5
"""How long a waiting hold is given to go wrong."""


@pytest.fixture(params=["sqlite", "postgresql"])
def scene(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Flask, Office]]:
    """An application and its office on a database of its own."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'race.db'}"
    else:
        cluster: Cluster = request.getfixturevalue("postgres_cluster")
        url = cluster.create_database(f"overlays_{tmp_path.name.replace('-', '_')}")
    app = create_app(
        SQLALCHEMY_DATABASE_URI=url.replace("postgresql://", "postgresql+psycopg://"),
        DATA_DIR=tmp_path,
        SECRET_KEY="only-for-races-0123456789-abcdefghijk",
        LOG_LEVEL="CRITICAL",
    )
    with app.test_request_context():
        flask_migrate.upgrade()
        with transaction() as session:
            office = make_office(session)
    yield app, office
    with app.app_context():
        db.engine.dispose()


def hold(app: Flask, office: Office) -> str:
    with app.test_request_context():
        try:
            with transaction() as session:
                unit = session.get_one(Unit, office.units[0].id)
                place_hold(session, unit, actor=office.actor(office.rep))
        except DomainError as refusal:
            return refusal.code
        finally:
            db.session.remove()
        return "held"


def hold_while_overlay_is_placed(app: Flask, office: Office, patience: float = PATIENCE) -> str:
    """Place an overlay, let somebody hold the unit before it is committed, and return what became of the hold."""
    with ThreadPoolExecutor(1) as pool, app.test_request_context():
        with transaction() as session:
            place_overlay(
                session,
                session.get_one(Unit, office.units[0].id),
                actor=office.actor(office.assistant),
                kind=OverlayKind.SEIZED,
                since_on=date(2026, 1, 5),
                reference="Order 17",
            )
            holding: Future[str] = pool.submit(hold, app, office)
            done = Event()
            holding.add_done_callback(lambda _holding: done.set())
            done.wait(patience)
        return holding.result(WAIT)


def look(app: Flask, office: Office) -> tuple[bool, int]:
    with app.test_request_context():
        unit_id = office.units[0].id
        claims = select(func.count()).where(Claim.unit_id == unit_id, Claim.closed_at.is_(None))
        return bool(find_overlays(db.session(), unit_id)), db.session.scalar(claims) or 0


def test_hold_waits_for_the_overlay_and_is_refused(scene: tuple[Flask, Office]) -> None:
    app, office = scene

    outcome = hold_while_overlay_is_placed(app, office)

    assert (outcome, look(app, office)) == ("unit_overlaid", (True, 0))


def test_without_the_lock_both_stand(scene: tuple[Flask, Office]) -> None:
    app, office = scene
    with app.app_context():
        engine = db.engine
    if engine.dialect.name == "sqlite":
        pytest.skip("SQLite has one lock for the whole database")

    def unlock(
        _connection: Connection,
        _cursor: Any,
        statement: str,
        parameters: Any,
        _context: ExecutionContext | None,
        _executemany: bool,
    ) -> tuple[str, Any]:
        return statement.replace(" FOR NO KEY UPDATE", ""), parameters

    event.listen(engine, "before_cursor_execute", unlock, retval=True)
    outcome = hold_while_overlay_is_placed(app, office, patience=WAIT)
    event.remove(engine, "before_cursor_execute", unlock)

    assert (outcome, look(app, office)) == ("held", (True, 1))
