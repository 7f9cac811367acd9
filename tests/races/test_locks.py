"""What the locks of rows keep waiting, and what they let pass; on PostgreSQL, for SQLite has one lock for everything."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import flask_migrate
import pytest
from flask import Flask
from sqlalchemy import select

from salesoffice.app import create_app
from salesoffice.infra.db import db, lock_rows, transaction
from salesoffice.inventory.models import Unit
from salesoffice.pricing.enums import PriceBasis
from salesoffice.pricing.queries import version_in_force
from salesoffice.pricing.rules import PriceDraft
from salesoffice.pricing.services import publish_prices
from tests.factories import Office, make_office
from tests.support.postgres import Cluster

WAIT = 20


@pytest.fixture
def scene(postgres_cluster: Cluster, tmp_path: Path) -> tuple[Flask, Office]:
    """An application and its office on a PostgreSQL database of its own."""
    url = postgres_cluster.create_database(f"locks_{tmp_path.name.replace('-', '_')}")
    app = create_app(
        SQLALCHEMY_DATABASE_URI=url.replace("postgresql://", "postgresql+psycopg://"),
        DATA_DIR=tmp_path,
        SECRET_KEY="only-for-races-0123456789-abcdefghijk",
        LOG_LEVEL="CRITICAL",
    )
    with app.test_request_context():
        flask_migrate.upgrade()
        with transaction() as session:
            return app, make_office(session)


def test_prices_are_published_while_other_units_are_locked_in_order(scene: tuple[Flask, Office]) -> None:
    app, office = scene
    first, last = office.units[0].id, office.units[-1].id
    has_first, has_last = Event(), Event()

    def withhold_both() -> None:
        with app.test_request_context(), transaction() as session:
            lock_rows(session, select(Unit).where(Unit.id == first))
            has_first.set()
            has_last.wait(WAIT)
            lock_rows(session, select(Unit).where(Unit.id == last))

    def reprice_last() -> None:
        with app.test_request_context(), transaction() as session:
            has_first.wait(WAIT)
            lock_rows(session, select(Unit).where(Unit.id == last))
            has_last.set()
            price = PriceDraft(PriceBasis.UNIT, None, None, 1_000_000_00)
            publish_prices(
                session,
                office.project.id,
                actor=office.actor(office.manager),
                prices={last: price},
                source="test",
            )

    with ThreadPoolExecutor(2) as pool:
        for work in [pool.submit(withhold_both), pool.submit(reprice_last)]:
            work.result(WAIT)

    with app.test_request_context():
        version = version_in_force(db.session(), office.project.id)
        assert version is not None
        assert version.number == 2
    with app.app_context():
        db.engine.dispose()
