"""Provisional orders of one unit raced by threads, and a twin without guards that must oversell."""

import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from salesoffice.core import clock
from salesoffice.core.errors import DomainError
from salesoffice.customers.services import register_customer
from salesoffice.deals.models import Claim
from salesoffice.deals.queries import find_breaches
from salesoffice.infra.db import db, transaction
from salesoffice.inventory.models import Unit
from salesoffice.payments.queries import find_breaches as find_money_breaches
from salesoffice.reservations.models import ProvisionalOrder
from salesoffice.reservations.queries import find_breaches as find_order_breaches
from salesoffice.reservations.services import sign_provisional
from tests.factories import Office, make_office
from tests.races.test_holds import WAIT, Listener, meet_before_numbering, without_locks
from tests.support.races import open_app

Scene = tuple[Flask, Office, list[int]]
CONTENDERS = 6


@pytest.fixture(params=["sqlite", "postgresql"])
def scene(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Scene]:
    """An application with an office and a customer for each contender; the number series exist."""
    with open_app(request, tmp_path, request.param) as app:
        with app.test_request_context():
            with transaction() as session:
                office = make_office(session)
            with transaction() as session:
                ids = [_register(session, office, number) for number in range(CONTENDERS)]
            with transaction() as session:
                _order(session, office, office.units[-1].id, ids[0])
        yield app, office, ids


def _register(session: Session, office: Office, number: int) -> int:
    return register_customer(
        session,
        project_id=office.project.id,
        actor=office.actor(office.assistant),
        name=f"客户{number}",
        phones=[f"1380000{number:04d}"],
        rep_id=office.rep.id,
    ).id


def _order(session: Session, office: Office, unit_id: int, customer_id: int) -> ProvisionalOrder:
    return sign_provisional(
        session,
        session.get_one(Unit, unit_id),
        actor=office.actor(office.assistant),
        customer_id=customer_id,
        amount=10_000_00,
        signed_on=clock.business_today(),
    )


def _race(scene: Scene) -> Counter[str]:
    """Let every customer order unit 101 at the same moment; count the answers by code."""
    app, office, ids = scene
    start = threading.Barrier(len(ids))

    def order(customer_id: int) -> str:
        with app.test_request_context():
            start.wait(WAIT)
            try:
                with transaction() as session:
                    _order(session, office, office.units[0].id, customer_id)
            except DomainError as error:
                return error.code
            except SQLAlchemyError as error:
                return type(error).__name__
            finally:
                db.session.remove()
            return "done"

    with ThreadPoolExecutor(len(ids)) as pool:
        return Counter(pool.map(order, ids))


def _count_claims(app: Flask, unit_id: int) -> int:
    with app.test_request_context():
        statement = select(func.count()).where(Claim.unit_id == unit_id, Claim.closed_at.is_(None))
        return db.session.scalar(statement) or 0


def test_race_for_one_unit_has_one_order(scene: Scene) -> None:
    app, office, _ids = scene

    answers = _race(scene)

    assert answers == Counter(done=1, unit_taken=CONTENDERS - 1)
    assert _count_claims(app, office.units[0].id) == 1
    with app.test_request_context():
        session = db.session()
        assert sorted(session.scalars(select(ProvisionalOrder.number))) == ["XD000001", "XD000002"]
        found = [*find_breaches(session), *find_order_breaches(session), *find_money_breaches(session)]
    assert found == []


def _meet_once(count: int) -> Listener:
    """Let all have looked at the unit before the first of them takes a number; the second number comes freely."""
    waiting, done = meet_before_numbering(count), set[int]()

    def prepare(*arguments: Any) -> tuple[str, Any]:
        _connection, _cursor, statement, parameters, _context, _many = arguments
        is_number = statement.startswith("UPDATE number_series")
        if is_number and threading.get_ident() in done:
            return statement, parameters
        if is_number:
            done.add(threading.get_ident())
        return waiting(*arguments)

    return prepare


def test_race_without_guards_oversells(scene: Scene) -> None:
    app, office, _ids = scene
    with app.test_request_context(), transaction() as session:
        session.execute(text("DROP INDEX uq_claims_open_unit"))

    with without_locks(app, _meet_once(CONTENDERS)):
        _race(scene)

    assert _count_claims(app, office.units[0].id) > 1
