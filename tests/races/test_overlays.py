"""An overlay placed while somebody holds the unit: whoever is first wins, and nothing new begins on an overlaid unit.

On PostgreSQL, where two write at once; on SQLite the whole transaction waits. A twin without the lock shows both.
"""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import date
from pathlib import Path
from threading import Event

import pytest
from flask import Flask
from sqlalchemy import func, select

from salesoffice.core.errors import DomainError
from salesoffice.deals.models import Claim
from salesoffice.infra.db import db, transaction
from salesoffice.inventory.enums import OverlayKind
from salesoffice.inventory.models import Unit
from salesoffice.inventory.queries import find_overlays
from salesoffice.inventory.services import place_overlay
from salesoffice.reservations.services import place_hold
from tests.factories import Office, make_office
from tests.support.races import open_app, unlocked

WAIT = 20
PATIENCE = 0.5
"""How long a waiting hold is given to go wrong."""


@pytest.fixture(params=["sqlite", "postgresql"])
def scene(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Flask, Office]]:
    """An application and its office on a database of its own."""
    with open_app(request, tmp_path, request.param) as app:
        with app.test_request_context(), transaction() as session:
            office = make_office(session)
        yield app, office


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


@pytest.mark.parametrize("scene", ["postgresql"], indirect=True)
def test_without_the_lock_both_stand(scene: tuple[Flask, Office]) -> None:
    """On PostgreSQL only: SQLite has one lock for the whole database."""
    app, office = scene

    with unlocked(app):
        outcome = hold_while_overlay_is_placed(app, office, patience=WAIT)

    assert (outcome, look(app, office)) == ("held", (True, 1))
