"""Sweeps: one pass by name, one run per slot, an embedded worker and a worker process."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from salesoffice.core import clock
from salesoffice.core.errors import NotFound
from salesoffice.infra import jobs
from salesoffice.infra.db import transaction
from salesoffice.infra.models import IdempotencyKey, JobSlot
from salesoffice.infra.outbox import DeliveryReport, queue_mail
from tests.factories import Office
from tests.support.smtp import SmtpServer

ROOT = Path(__file__).parent.parent.parent
MOMENT = datetime(2026, 5, 31, 1, 0, 7, tzinfo=UTC)


@pytest.fixture
def passes() -> Iterator[list[datetime]]:
    """The passes of a sweep made for the test, every 10 seconds."""
    done: list[datetime] = []
    jobs.sweep("tried", seconds=10)(lambda: done.append(clock.now()))
    yield done
    del jobs.SWEEPS["tried"]


def queue(app: Flask) -> None:
    with app.app_context(), transaction() as session:
        queue_mail(
            session, key="k", project_id=None, to="ann@example.test", subject="s", text="t", html="",
            message_id="<k@salesoffice.test>",
        )  # fmt: skip


def wait_for_mail(server: SmtpServer) -> list[str]:
    pause = threading.Event()
    for _ in range(300):
        if server.messages:
            break
        pause.wait(0.1)
    return server.recipients


def test_sweep_runs_by_name(session: Session, passes: list[datetime]) -> None:
    jobs.run_sweep("tried")

    assert len(passes) == 1


def test_outbox_sweep_gives_its_report(app: Flask, session: Session, smtp_server: SmtpServer) -> None:
    queue(app)

    assert jobs.run_sweep("outbox") == DeliveryReport(sent=1)


def test_unknown_sweep_is_refused(session: Session) -> None:
    with pytest.raises(NotFound, match="not_found"):
        jobs.run_sweep("nothing")


def test_sweep_name_is_given_once() -> None:
    with pytest.raises(ValueError, match="outbox already"):
        jobs.sweep("outbox", seconds=1)(lambda: None)


def test_slot_runs_once(session: Session, passes: list[datetime]) -> None:
    runs = [jobs.run_slot("tried", MOMENT + timedelta(seconds=seconds)) for seconds in (0, 2, 3, 12)]

    assert runs == [True, False, True, False]
    assert len(passes) == 2


def test_slot_runs_once_among_threads(app: Flask, passes: list[datetime]) -> None:
    def work() -> None:
        with app.app_context():
            jobs.run_slot("tried", MOMENT)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(passes) == 1


def test_old_slots_are_forgotten(session: Session, passes: list[datetime]) -> None:
    with time_machine.travel(clock.now() - timedelta(hours=25)):
        jobs.run_slot("tried", MOMENT)
    jobs.run_slot("tried", MOMENT + timedelta(seconds=60))

    forgotten = jobs.run_sweep("job_slots")

    assert forgotten == 1
    assert session.scalar(select(func.count()).select_from(JobSlot)) == 1


def test_old_idempotency_keys_are_forgotten(session: Session, office: Office) -> None:
    with transaction() as writing:
        writing.add_all(
            IdempotencyKey(
                actor_id=office.rep.id, key=f"{hours}", fingerprint="", status=201, body="{}",
                created_at=clock.now() - timedelta(hours=hours),
            )
            for hours in (1, 71, 73)
        )  # fmt: skip

    forgotten = jobs.run_sweep("idempotency_keys")

    assert forgotten == 1
    assert session.scalars(select(IdempotencyKey.key).order_by(IdempotencyKey.id)).all() == ["1", "71"]


def test_embedded_worker_delivers_and_survives_a_failing_sweep(app: Flask, smtp_server: SmtpServer) -> None:
    failures = threading.Event()

    @jobs.sweep("broken", seconds=1)
    def fail() -> None:
        failures.set()
        raise RuntimeError("broken on purpose")

    worker = jobs.start_embedded(app)
    failed = failures.wait(20)
    queue(app)
    with app.app_context():
        jobs.wake("outbox")
    recipients = wait_for_mail(smtp_server)
    worker.stop()
    del jobs.SWEEPS["broken"]

    assert failed
    assert recipients == ["ann@example.test"]


def test_worker_process_delivers_and_ends_on_sigterm(app: Flask, smtp_server: SmtpServer) -> None:
    queue(app)
    environment = os.environ | {
        "SECRET_KEY": app.config["SECRET_KEY"],
        "DATABASE_URL": app.config["SQLALCHEMY_DATABASE_URI"],
        "DATA_DIR": str(app.config["DATA_DIR"]),
        "SMTP_URL": smtp_server.url,
    }
    code = "from salesoffice.app import create_app; from salesoffice.infra.jobs import run_worker; run_worker(create_app())"
    worker = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, env=environment, stderr=subprocess.PIPE)

    recipients = wait_for_mail(smtp_server)
    worker.send_signal(signal.SIGTERM)
    _output, log = worker.communicate(timeout=60)

    assert recipients == ["ann@example.test"]
    assert worker.returncode == 0
    assert b"worker.stopped" in log
