"""Every request sent 2 to 20 times at once with one Idempotency-Key: one effect each, on both databases.

The limit is one effect per key. Holds, customers, visits and receipts in turn; what came of them is counted with SQL
afterwards, not taken from the answers. Beside it stands how many submissions a second the server took.

    python -m bench.duplicates [--submissions N] [--seed N] [--json]
"""

import argparse
import http.client
import json
import queue
import random
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import flask_migrate
from flask import Flask
from sqlalchemy import func, select

from salesoffice.app import create_app
from salesoffice.core import clock
from salesoffice.customers.models import Customer, Visit
from salesoffice.infra.db import db, transaction
from salesoffice.payments.models import Receipt
from salesoffice.reservations.models import Hold
from salesoffice.staff.services import create_token
from tests.factories import make_office
from tests.factories.sales import make_sale
from tests.support.postgres import start_cluster
from tests.support.server import SECRET_KEY, Server, run_server

FEWEST, MOST = 2, 20
LINES = 20
RUNNING = 409
CREATED = 201
PATHS = {"hold": "holds", "customer": "customers", "visit": "visits", "receipt": "receipts"}
TABLES = {"hold": Hold, "customer": Customer, "visit": Visit, "receipt": Receipt}


@dataclass(frozen=True)
class Submission:
    """One request, and how often it is sent at once."""

    key: str
    kind: str
    body: Mapping[str, object]
    copies: int


@dataclass(frozen=True)
class Result:
    """What came of all submissions on one database; `ratio` is effects per key, which must be 1."""

    database: str
    submissions: int
    keys: int
    effects: int
    replayed: int
    per_second: float
    ratio: float


@dataclass(frozen=True)
class Scene:
    """A migrated database with an office, and whom the requests come from."""

    token: str
    account_id: int
    unit_ids: tuple[int, ...]
    before: Mapping[str, int]


def run(url: str, *, database: str, submissions: int, seed: int, workers: int) -> Result:
    """Send everything to a real server on a database and count what came of it."""
    chance = random.Random(seed)
    with tempfile.TemporaryDirectory() as folder:
        data_dir = Path(folder)
        address = url or f"sqlite:///{data_dir / 'bench.db'}"
        sizes = list(_draw_sizes(submissions, chance))
        scene = _prepare(address, data_dir, holds=len(sizes) // len(PATHS) + 1)
        plan = list(_plan(sizes, scene))
        with run_server(address, data_dir, workers=workers, threads=10) as server:
            began = time.perf_counter()
            answers = _send_all(server, scene.token, plan)
            seconds = time.perf_counter() - began
        after = _count(address, data_dir)
    effects = sum(after[kind] - scene.before[kind] for kind in PATHS)
    wrong = {status for status, _ in answers} - {CREATED, RUNNING}
    if wrong:
        raise SystemExit(f"{database}: unexpected answers {sorted(wrong)}")
    sent = sum(sizes)
    replayed = answers[CREATED, True]
    return Result(
        database, sent, len(plan), effects, replayed, round(sent / seconds, 1), round(effects / len(plan), 6)
    )


def _draw_sizes(submissions: int, chance: random.Random) -> Iterator[int]:
    left = submissions
    while left:
        size = min(chance.randint(FEWEST, MOST), left)
        yield size
        left -= size


def _plan(sizes: list[int], scene: Scene) -> Iterator[Submission]:
    units, today = iter(scene.unit_ids), clock.business_today().isoformat()
    kinds = list(PATHS)
    for number, copies in enumerate(sizes):
        kind = kinds[number % len(kinds)]
        bodies: dict[str, dict[str, object]] = {
            "customer": {
                "project": "P1", "name": f"张{number}", "phones": [f"138{number:08d}"], "source": "walk_in",
            },
            "visit": {"project": "P1", "kind": "visit", "first": True, "source": "walk_in"},
            "receipt": {
                "account_id": scene.account_id, "kind": "deed_tax", "amount_fen": 1000 + number, "method": "transfer",
                "received_on": today, "slip_no": f"N{number}",
            },
        }  # fmt: skip
        body = {"unit_id": next(units)} if kind == "hold" else bodies[kind]
        yield Submission(f"bench-{number}", kind, body, copies)


def _prepare(address: str, data_dir: Path, *, holds: int) -> Scene:
    app = _make_app(address, data_dir)
    with app.test_request_context():
        flask_migrate.upgrade()
        with transaction() as session:
            office = make_office(session, floors=holds // LINES + 2, lines=LINES)
            office.project.hold_limit = holds + 1
            sale = make_sale(session, office)
            token = create_token(session, office.assistant, actor=office.actor(office.admin))
            unit_ids = tuple(unit.id for unit in office.units[1:])
            account_id = sale.deal.account_id or 0
        _forget()
    return Scene(token, account_id, unit_ids, _count(address, data_dir))


def _count(address: str, data_dir: Path) -> dict[str, int]:
    with _make_app(address, data_dir).test_request_context():
        found = {
            kind: db.session.scalar(select(func.count()).select_from(table)) or 0
            for kind, table in TABLES.items()
        }
        _forget()
    return found


def _make_app(address: str, data_dir: Path) -> Flask:
    return create_app(
        SQLALCHEMY_DATABASE_URI=address, DATA_DIR=data_dir, SECRET_KEY=SECRET_KEY, LOG_LEVEL="ERROR"
    )


def _forget() -> None:
    db.session.remove()
    db.engine.dispose()


def _send_all(server: Server, token: str, plan: list[Submission]) -> Counter[tuple[int, bool]]:
    """Send each submission's copies together, one submission after the other; count status and whether it was a replay."""
    waiting: queue.SimpleQueue[tuple[Submission, threading.Barrier] | None] = queue.SimpleQueue()
    answers: list[tuple[int, bool]] = []

    def work() -> None:
        connection = http.client.HTTPConnection(server.host, server.port, timeout=60)
        while (task := waiting.get()) is not None:
            submission, start = task
            headers = {
                "Authorization": f"Bearer {token}",
                "Content-Type": "application/json",
                "Idempotency-Key": submission.key,
            }
            start.wait()
            answer = _send(connection, submission, headers)
            answers.append((answer.status, answer.getheader("Idempotent-Replayed") == "true"))
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(MOST)]
    for thread in threads:
        thread.start()
    for submission in plan:
        start = threading.Barrier(submission.copies)
        for _ in range(submission.copies):
            waiting.put((submission, start))
    for _ in threads:
        waiting.put(None)
    for thread in threads:
        thread.join()
    return Counter(answers)


def _send(
    connection: http.client.HTTPConnection, submission: Submission, headers: Mapping[str, str]
) -> http.client.HTTPResponse:
    """Send one copy; once more with the same key when the server has closed the connection while nothing was sent."""

    def send() -> http.client.HTTPResponse:
        body = json.dumps(submission.body)
        connection.request("POST", f"/api/v1/{PATHS[submission.kind]}", body, dict(headers))
        answer = connection.getresponse()
        answer.read()
        return answer

    try:
        return send()
    except (ConnectionError, http.client.HTTPException):
        connection.close()
        return send()


def main() -> None:
    """Run on both databases and print the figures; exit 1 when a key had another number of effects than one."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--submissions", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    results = [run("", database="SQLite", submissions=given.submissions, seed=given.seed, workers=1)]
    cluster = start_cluster(durable=True)
    try:
        url = cluster.create_database("duplicates")
        address = url.replace("postgresql://", "postgresql+psycopg://")
        results.append(
            run(address, database="PostgreSQL", submissions=given.submissions, seed=given.seed, workers=2)
        )
    finally:
        cluster.stop()
    if given.json:
        json.dump([asdict(result) for result in results], sys.stdout)
    else:
        for result in results:
            print(
                f"{result.database:11} {result.submissions:7} submissions, {result.keys:6} keys, {result.effects:6} effects,"
                f" {result.replayed:7} replayed, {result.per_second:7.1f} per second, ratio {result.ratio:.6f} (limit 1)"
            )
    if any(result.effects != result.keys for result in results):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
