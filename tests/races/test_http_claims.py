"""200 clients on 20 units over HTTP: exactly 20 claims, whatever the database, and a control that oversells."""

import http.client
import json
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import flask_migrate
import pytest
from flask import Flask
from sqlalchemy import func, select, text

from salesoffice.app import create_app
from salesoffice.core.permissions import Role
from salesoffice.deals.models import Claim
from salesoffice.deals.queries import find_breaches
from salesoffice.infra import audit
from salesoffice.infra.db import db, transaction
from salesoffice.staff.services import create_token
from tests.factories import make_office, make_user
from tests.support.postgres import Cluster
from tests.support.server import SECRET_KEY, Server, run_server

CLIENTS = 200
CREATED = 201
UNITS = 20
REPS = 10


@dataclass(frozen=True)
class Scene:
    """A database with an office of 20 units, and the tokens of its reps."""

    app: Flask
    url: str
    data_dir: Path
    unit_ids: tuple[int, ...]
    tokens: tuple[str, ...]
    workers: int


@pytest.fixture(params=["sqlite", "postgresql"])
def scene(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Scene]:
    if request.param == "sqlite":
        url, workers = f"sqlite:///{tmp_path / 'race.db'}", 1
    else:
        cluster: Cluster = request.getfixturevalue("postgres_cluster")
        url, workers = cluster.create_database(f"race_{tmp_path.name.replace('-', '_')}"), 2
    address = url.replace("postgresql://", "postgresql+psycopg://")
    app = create_app(
        SQLALCHEMY_DATABASE_URI=address, DATA_DIR=tmp_path, SECRET_KEY=SECRET_KEY, LOG_LEVEL="ERROR"
    )
    with app.test_request_context():
        flask_migrate.upgrade()
        with transaction() as session:
            office = make_office(session)
            office.project.hold_limit = CLIENTS
            people = [
                make_user(session, f"rep{n}", project=office.project, role=Role.REP) for n in range(REPS)
            ]
            tokens = tuple(
                create_token(session, person, actor=office.actor(office.admin)) for person in people
            )
        unit_ids = tuple(unit.id for unit in office.units[:UNITS])
    yield Scene(app, url, tmp_path, unit_ids, tokens, workers)
    with app.app_context():
        db.engine.dispose()


def claim_all_at_once(server: Server, scene: Scene, *, kill_after: int = 0) -> list[tuple[int, int]]:
    """Let every client try one unit at the same moment; return unit id and status of each answer, 0 for a broken one.

    After the given number of accepted claims, one worker is killed.
    """
    start = threading.Barrier(CLIENTS)
    accepted = count(1)

    def try_one(number: int) -> tuple[int, int]:
        unit_id = scene.unit_ids[number * UNITS // CLIENTS]  # neighbours want the same unit
        start.wait()
        status = post_hold(server, scene.tokens[number % REPS], unit_id)
        if status == CREATED and next(accepted) == kill_after:
            server.kill_one_worker()
        return unit_id, status

    with ThreadPoolExecutor(CLIENTS) as pool:
        return list(pool.map(try_one, range(CLIENTS)))


def post_hold(server: Server, token: str, unit_id: int) -> int:
    """Ask for a hold; return the status of the answer, 0 when the connection broke."""
    connection = http.client.HTTPConnection(server.host, server.port, timeout=60)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    try:
        connection.request("POST", "/api/v1/holds", json.dumps({"unit_id": unit_id}), headers)
        return connection.getresponse().status
    except (ConnectionError, http.client.HTTPException):
        return 0
    finally:
        connection.close()


def count_open_claims(scene: Scene) -> Counter[int]:
    """Count the open claims per unit."""
    with scene.app.app_context():
        rows = db.session.execute(
            select(Claim.unit_id, func.count()).where(Claim.closed_at.is_(None)).group_by(Claim.unit_id)
        )
        return Counter({row[0]: row[1] for row in rows})


def test_200_clients_on_20_units_give_20_claims(scene: Scene) -> None:
    with run_server(scene.url, scene.data_dir, workers=scene.workers) as server:
        answers = claim_all_at_once(server, scene)

    assert Counter(status for _, status in answers) == {201: UNITS, 409: CLIENTS - UNITS}
    assert count_open_claims(scene) == dict.fromkeys(scene.unit_ids, 1)


def test_200_clients_oversell_without_the_guards(scene: Scene) -> None:
    with scene.app.app_context(), db.engine.begin() as connection:
        connection.execute(text("DROP INDEX uq_claims_open_unit"))

    with run_server(
        scene.url, scene.data_dir, workers=scene.workers, wsgi="tests.races.unguarded:app"
    ) as server:
        claim_all_at_once(server, scene)

    assert max(count_open_claims(scene).values()) > 1


def test_every_acknowledged_claim_survives_a_killed_worker(scene: Scene) -> None:
    with run_server(scene.url, scene.data_dir, workers=scene.workers) as server:
        answers = claim_all_at_once(server, scene, kill_after=3)

    statuses = Counter(status for _, status in answers)
    assert statuses[0] > 0  # the worker died with requests in its hands
    assert statuses[201] >= 3
    claims = count_open_claims(scene)
    acknowledged = {unit_id for unit_id, status in answers if status == 201}
    assert acknowledged <= set(claims)
    assert max(claims.values()) == 1
    with scene.app.app_context():
        assert list(find_breaches(db.session())) == []
        assert list(audit.find_breaches(db.session())) == []
