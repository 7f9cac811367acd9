"""A hold placed while new prices come into force: it is seen, or it sees the new price; without the lock, neither."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import pytest
from flask import Flask
from sqlalchemy import select

from salesoffice.infra.db import db, transaction
from salesoffice.inventory.models import Unit
from salesoffice.pricing.models import PriceVersion
from salesoffice.pricing.queries import find_breaches, list_drafts, version_in_force
from salesoffice.pricing.services import PricesStale, put_in_force
from salesoffice.reservations.services import place_hold
from tests.factories import Office, make_office
from tests.factories.prices import make_approved
from tests.support.races import open_app, unlocked

WAIT = 30
OLD, NEW = 900_000_00, 909_000_00


@pytest.fixture(params=["sqlite", "postgresql"])
def scene(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Flask, Office]]:
    """An office whose version 2 is approved: the first unit costs 909,000 yuan in it instead of 900,000."""
    with open_app(request, tmp_path, request.param) as app:
        with app.test_request_context(), transaction() as session:
            office = make_office(session)
            place_hold(session, office.units[-1], actor=office.actor(office.manager))
            make_approved(session, office, {0: NEW // 100})
        yield app, office


class Step:
    """Something that one thread did and another waits for."""

    def __init__(self) -> None:
        self._event = Event()

    def done(self) -> None:
        """Say that it was done."""
        self._event.set()

    def wait(self) -> None:
        """Wait until it was done."""
        assert self._event.wait(WAIT)


def hold(app: Flask, office: Office, *, placed: Step, until: Step | None) -> int:
    """Hold the first unit, and commit when told; return the list total that the customer is shown (fen)."""
    with app.test_request_context(), transaction() as session:
        unit = session.get_one(Unit, office.units[0].id)
        total = place_hold(session, unit, actor=office.actor(office.rep)).list_total_amount
        placed.done()
        if until is not None:
            until.wait()
    return total


def force(app: Flask, office: Office, *, forced: Step, until: Step | None) -> list[str]:
    """Put version 2 into force, and commit when told; return the units that it names as changed meanwhile."""
    with app.test_request_context():
        try:
            with transaction() as session:
                version = session.scalars(select(PriceVersion).where(PriceVersion.number == 2)).one()
                put_in_force(session, version, actor=office.actor(office.manager))
                forced.done()
                if until is not None:
                    until.wait()
        except PricesStale as stale:
            return [unit.code for unit in stale.units]
    return []


def current_total(app: Flask, office: Office) -> int:
    """Return the list total in force of the first unit (fen), after looking for breaches."""
    with app.test_request_context():
        assert list(find_breaches(db.session())) == []
        version = version_in_force(db.session(), office.project.id)
        assert version is not None
        return list_drafts(db.session(), version)[office.units[0].id].list_total_amount


def test_hold_placed_first_is_named_and_keeps_its_price(scene: tuple[Flask, Office]) -> None:
    app, office = scene
    placed, begun = Step(), Step()

    def force_after_hold() -> list[str]:
        placed.wait()
        begun.done()
        return force(app, office, forced=Step(), until=None)

    with ThreadPoolExecutor(2) as pool:
        shown = pool.submit(hold, app, office, placed=placed, until=begun)
        named = pool.submit(force_after_hold)

        assert shown.result(WAIT) == OLD
        assert named.result(WAIT) == [office.units[0].code]
    assert current_total(app, office) == OLD


def test_hold_placed_second_gets_the_new_price(scene: tuple[Flask, Office]) -> None:
    app, office = scene
    forced, begun = Step(), Step()

    def hold_after_force() -> int:
        forced.wait()
        begun.done()
        return hold(app, office, placed=Step(), until=None)

    with ThreadPoolExecutor(2) as pool:
        named = pool.submit(force, app, office, forced=forced, until=begun)
        shown = pool.submit(hold_after_force)

        assert named.result(WAIT) == []
        assert shown.result(WAIT) == NEW
    assert current_total(app, office) == NEW


@pytest.mark.parametrize("scene", ["postgresql"], indirect=True)
def test_without_the_lock_a_held_unit_is_repriced(scene: tuple[Flask, Office]) -> None:
    app, office = scene
    placed, committed = Step(), Step()

    def force_meanwhile() -> list[str]:
        placed.wait()
        try:
            return force(app, office, forced=Step(), until=None)
        finally:
            committed.done()

    with unlocked(app), ThreadPoolExecutor(2) as pool:
        shown = pool.submit(hold, app, office, placed=placed, until=committed)
        named = pool.submit(force_meanwhile)

        assert named.result(WAIT) == []
        assert shown.result(WAIT) == OLD
    assert current_total(app, office) == NEW
