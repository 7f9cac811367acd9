"""Claims per second over HTTP, against the same six writing statements under pgbench on the same server in the same run.

The limit is what PostgreSQL itself does with them: lock the unit, advance the number series, insert deal, hold and claim,
chain and insert the audit entry. Ours adds HTTP, sign-in by token, permission, the guards' reads and the answer.

    python -m bench.claims [--seconds N] [--clients N] [--json]
"""

import argparse
import http.client
import json
import re
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import flask_migrate
from sqlalchemy import text

from salesoffice.app import create_app
from salesoffice.infra.db import db, transaction
from salesoffice.staff.services import create_token
from tests.factories import make_office
from tests.support.postgres import Cluster, start_cluster
from tests.support.server import SECRET_KEY, Server, run_server

CREATED = 201
FLOORS, LINES = 500, 20
SCRIPT = """
\\set unit :first + :n
\\set n :n + 1
BEGIN;
SELECT * FROM units WHERE id = :unit FOR NO KEY UPDATE;
UPDATE number_series SET last_number = last_number + 1 WHERE project_id = 1 AND series = 'bench';
INSERT INTO deals (id, project_id, number, unit_id, rep_id, state, created_at)
  VALUES (:unit + 1000000, 1, 'B' || :unit, :unit, 1, 'open', now());
INSERT INTO holds (id, project_id, deal_id, unit_id, rep_id, list_total_amount, unit_price_id, placed_at, expires_at,
  latest_expiry_at, state) VALUES (:unit + 1000000, 1, :unit + 1000000, :unit, 1, 1, 1, now(), now(), now(), 'open');
INSERT INTO claims (id, project_id, unit_id, deal_id, kind, document_id, opened_at, expires_at, end_reason)
  VALUES (:unit + 1000000, 1, :unit, :unit + 1000000, 'hold', :unit + 1000000, now(), now(), '');
WITH chain AS (UPDATE audit_chains SET sequence = sequence + 1 WHERE project_id = 0 RETURNING sequence)
  INSERT INTO audit_entries (project_id, sequence, at, actor_name, action, subject_kind, subject_id, unit_id, before,
  after, request_id, previous_hash, hash) SELECT 0, sequence, now(), 'bench', 'hold.placed', 'holds', :unit, :unit, '{}',
  '{}', '', repeat('0', 64), repeat('0', 64) FROM chain;
COMMIT;
"""


@dataclass(frozen=True)
class Result:
    """Claims per second of both, and ours as a share of the limit."""

    clients: int
    claims_per_second: float
    pgbench_per_second: float
    ratio: float


def run(*, seconds: int = 10, clients: int = 8) -> Result:
    """Measure both on one durable PostgreSQL server; units are never claimed twice, each half of the stock serves one."""
    cluster = start_cluster(durable=True)
    try:
        with tempfile.TemporaryDirectory() as folder:
            data_dir = Path(folder)
            url = cluster.create_database("claims")
            token, unit_ids = _prepare(url, data_dir)
            half = len(unit_ids) // 2
            with run_server(url, data_dir, workers=2, threads=4) as server:
                ours = _measure_http(server, token, unit_ids[:half], seconds=seconds, clients=clients)
            limit = _measure_pgbench(cluster, data_dir, unit_ids[half], seconds=seconds, clients=clients)
    finally:
        cluster.stop()
    return Result(clients, round(ours, 1), round(limit, 1), round(ours / limit, 3))


def _prepare(url: str, data_dir: Path) -> tuple[str, list[int]]:
    address = url.replace("postgresql://", "postgresql+psycopg://")
    app = create_app(
        SQLALCHEMY_DATABASE_URI=address, DATA_DIR=data_dir, SECRET_KEY=SECRET_KEY, LOG_LEVEL="ERROR"
    )
    with app.test_request_context():
        flask_migrate.upgrade()
        with transaction() as session:
            office = make_office(session, floors=FLOORS, lines=LINES)
            office.project.hold_limit = FLOORS * LINES
            session.execute(text("INSERT INTO number_series VALUES (1, 'bench', 0)"))
            session.execute(
                text("INSERT INTO audit_chains VALUES (0, 100000, '') ON CONFLICT (project_id) DO NOTHING")
            )
            token = create_token(session, office.rep, actor=office.actor(office.admin))
            unit_ids = [unit.id for unit in office.units]
        db.session.remove()
        db.engine.dispose()
    return token, unit_ids


def _measure_http(server: Server, token: str, unit_ids: list[int], *, seconds: int, clients: int) -> float:
    waiting = list(reversed(unit_ids))
    done: list[int] = []
    start = threading.Barrier(clients + 1)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    def claim_on(until: list[float]) -> None:
        connection = http.client.HTTPConnection(server.host, server.port, timeout=30)
        start.wait()
        while time.perf_counter() < until[0]:
            connection.request("POST", "/api/v1/holds", json.dumps({"unit_id": waiting.pop()}), headers)
            answer = connection.getresponse()
            answer.read()
            done.append(answer.status)
        connection.close()

    until = [0.0]
    threads = [threading.Thread(target=claim_on, args=(until,)) for _ in range(clients)]
    for thread in threads:
        thread.start()
    began = time.perf_counter()
    until[0] = began + seconds
    start.wait()
    for thread in threads:
        thread.join()
    if set(done) != {CREATED}:
        raise SystemExit(f"not every claim was accepted: {sorted(set(done))}")
    return len(done) / (time.perf_counter() - began)


def _measure_pgbench(cluster: Cluster, data_dir: Path, first: int, *, seconds: int, clients: int) -> float:
    script = data_dir / "claims.sql"
    share = FLOORS * LINES // 2 // clients
    script.write_text(f"\\set first {first} + :client_id * {share}\n" + SCRIPT.lstrip())
    command: list[str | Path] = [
        cluster.bin_dir / "pgbench", "--no-vacuum", "--client", str(clients), "--jobs", "2", "--define", "n=0",
        "--transactions", str(share - 1), "--protocol", "prepared", "--file", script, cluster.url_for("claims"),
    ]  # fmt: skip
    finished = subprocess.run(command, capture_output=True, text=True, check=False, timeout=seconds * 60)
    found = re.search(r"tps = ([\d.]+)", finished.stdout)
    if finished.returncode or found is None:
        raise SystemExit(f"pgbench failed:\n{finished.stdout}{finished.stderr}")
    return float(found[1])


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=int, default=10)
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    result = run(seconds=given.seconds, clients=given.clients)
    if given.json:
        json.dump(asdict(result), sys.stdout)
        return
    print(f"{result.clients} clients, PostgreSQL with fsync, 2 server processes, everything on this machine")
    print(f"claims over HTTP            {result.claims_per_second:10.1f} per second")
    print(f"the same six statements     {result.pgbench_per_second:10.1f} per second (pgbench: the limit)")
    print(
        f"ratio                       {result.ratio:10.3f}   (1 = HTTP, sign-in, guards and Python cost nothing)"
    )


if __name__ == "__main__":
    main()
