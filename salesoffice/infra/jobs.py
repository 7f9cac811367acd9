"""Periodic sweeps and the worker that runs them.

A sweep is an idempotent pass over rows; the truth lives in those rows, never in the queue. Features register theirs:
`@sweep("holds", seconds=15)` in their `tasks.py`. Huey wakes them; a row in `job_slots` keeps two workers from running
the same slot. With SQLite the queue is a file of its own and the worker may live inside the web process; with
PostgreSQL it is a schema of its own, and the worker is a process of its own.
"""

import sqlite3
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import psycopg
from flask import Flask, current_app
from flask_babel import lazy_gettext as _l
from huey import Huey, PostgresHuey, SqliteHuey
from huey.consumer import Consumer, Scheduler
from huey.serializer import SignedSerializer
from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError

from salesoffice.core import clock
from salesoffice.core.errors import NotFound
from salesoffice.infra import outbox
from salesoffice.infra.db import transaction
from salesoffice.infra.logging import log
from salesoffice.infra.models import IdempotencyKey, JobSlot
from salesoffice.infra.outbox import DeliveryReport

SCHEMA = "salesoffice_jobs"
IDEMPOTENCY_KEPT = timedelta(hours=72)
SLOTS_KEPT = timedelta(hours=24)

_EXTENSION = "salesoffice_jobs"
_THREADS = 3
_SHUTDOWN_SECONDS = 60
_SCHEMA_LOCK = 7355608
_WAKE_EXPIRES = 60

SweepFunction = Callable[[], object]


@dataclass(frozen=True)
class Sweep:
    """One periodic pass: `run` needs an application context and opens its own transactions."""

    name: str
    run: SweepFunction
    seconds: int


SWEEPS: dict[str, Sweep] = {}
_stopping = threading.Event()


def sweep(name: str, *, seconds: int) -> Callable[[SweepFunction], SweepFunction]:
    """Register a function as the sweep `name`, woken every `seconds`; a name is given once."""

    def register(function: SweepFunction) -> SweepFunction:
        if name in SWEEPS:
            raise ValueError(f"there is a sweep {name} already")
        SWEEPS[name] = Sweep(name, function, seconds)
        return function

    return register


def list_sweeps() -> Sequence[Sweep]:
    """List the registered sweeps by name."""
    return [SWEEPS[name] for name in sorted(SWEEPS)]


def run_sweep(name: str) -> object:
    """Run one pass of a sweep inside the current application context, whatever slot it is; raises NotFound."""
    found = SWEEPS.get(name)
    if found is None:
        names = ", ".join(sorted(SWEEPS))
        raise NotFound(_l("There is no job %(name)s. Known jobs: %(names)s.", name=name, names=names))
    return found.run()


def run_slot(name: str, moment: datetime) -> bool:
    """Run the pass of the slot in which a moment lies, unless somebody runs or ran it; tell whether it ran here."""
    seconds = SWEEPS[name].seconds
    slot = str(int(moment.timestamp()) // seconds * seconds)
    try:
        with transaction() as session:
            session.add(JobSlot(name=name, slot=slot, started_at=clock.now()))
    except IntegrityError:
        return False
    run_sweep(name)
    return True


def is_stopping() -> bool:
    """Tell whether the worker was asked to end; long sweeps ask between two steps."""
    return _stopping.is_set()


def wake(name: str) -> None:
    """Ask the worker for a pass of a sweep as soon as possible. Losing the request only costs the time to the next."""
    try:
        queue = _queue_of(current_app)
        queue.wake(name)
        queue.huey.storage.close()
    except (sqlite3.Error, psycopg.Error) as error:
        log.warning("jobs.not_woken", sweep=name, words=str(error))


def start_embedded(app: Flask) -> "EmbeddedWorker":
    """Start the worker in threads of this process; `stop()` ends it, and it ends with the process."""
    return EmbeddedWorker(_make_consumer(app, _EmbeddedConsumer))


def run_worker(app: Flask) -> None:
    """Work in the foreground until SIGTERM or SIGINT; the step at hand is finished first."""
    log.info("worker.started", sweeps=[entry.name for entry in list_sweeps()])
    _make_consumer(app, _Consumer).run()
    log.info("worker.stopped")


class EmbeddedWorker:
    """A worker inside the web process."""

    def __init__(self, consumer: Consumer) -> None:
        self._consumer = consumer
        self._thread = threading.Thread(target=consumer.run, name="jobs", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Let the step at hand finish, then end."""
        self._consumer.stop(graceful=True)
        self._thread.join(_SHUTDOWN_SECONDS)
        _stopping.clear()


class _EverySecond(Scheduler):
    """Huey's scheduler looks at periodic tasks once a minute; ours may be due sooner."""

    periodic_task_seconds = 1


class _Consumer(Consumer):
    scheduler_class = _EverySecond

    def start(self) -> None:
        _stopping.clear()
        super().start()

    def stop(self, graceful: bool = False) -> None:
        _stopping.set()
        super().stop(graceful=graceful)
        self.huey.storage.close()


class _EmbeddedConsumer(_Consumer):
    def _set_signal_handlers(self) -> None:
        """Leave signals to the web server: they are its own, and threads may not set them."""


class _Queue:
    """Huey with every registered sweep as a periodic task, and one task that runs a sweep at once."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._locks: dict[str, threading.Lock] = {}
        self.huey = _make_huey(app)
        self.wake = self.huey.task(name="wake", expires=_WAKE_EXPIRES)(self._run_now)
        for entry in list_sweeps():
            self._schedule(entry)

    def _schedule(self, entry: Sweep) -> None:
        self._locks[entry.name] = threading.Lock()
        self.huey.periodic_task(_SlotBegins(entry.seconds), name=f"sweep_{entry.name}")(
            lambda: self._guard(entry.name, lambda: run_slot(entry.name, clock.now()))
        )

    def _run_now(self, name: str) -> None:
        self._guard(name, lambda: run_sweep(name))

    def _guard(self, name: str, run: Callable[[], object]) -> None:
        """Run in an application context, once at a time in this process; a failing sweep is logged, no more."""
        lock = self._locks[name]
        if _stopping.is_set() or not lock.acquire(blocking=False):
            return
        try:
            with self._app.app_context():
                run()
        except Exception as error:
            log.error("sweep.failed", sweep=name, exc_info=error)
        finally:
            lock.release()


class _SlotBegins:
    """Tells the scheduler, which asks every second, whether a new slot has begun since it last asked."""

    def __init__(self, seconds: int) -> None:
        self._seconds = seconds
        self._last = -1

    def __call__(self, _moment: datetime) -> bool:
        slot = int(clock.now().timestamp()) // self._seconds
        begins, self._last = slot != self._last, slot
        return begins


def _queue_of(app: Flask) -> _Queue:
    queue = app.extensions.get(_EXTENSION)
    if queue is None:
        queue = app.extensions[_EXTENSION] = _Queue(app)
    return queue


def _make_consumer(app: Flask, kind: type[_Consumer]) -> _Consumer:
    queue = _Queue(app)
    return kind(
        queue.huey,
        workers=_THREADS,
        max_delay=1.0,
        shutdown_timeout=_SHUTDOWN_SECONDS,
        graceful_signal="TERM",
    )


def _make_huey(app: Flask) -> Huey:
    settings: dict[str, Any] = {
        "name": "salesoffice",
        "serializer": SignedSerializer(secret=app.config["SECRET_KEY"]),
        "results": False,
    }
    url: str = app.config["SQLALCHEMY_DATABASE_URI"]
    if url.startswith("sqlite"):
        return SqliteHuey(filename=str(app.config["DATA_DIR"] / "jobs.db"), timeout=30, **settings)
    address = url.replace("postgresql+psycopg://", "postgresql://", 1)
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", (_SCHEMA_LOCK,))  # two workers may start at once
        connection.execute(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}")
        return PostgresHuey(dsn=address, blocking=False, options=f"-c search_path={SCHEMA}", **settings)


@sweep("outbox", seconds=10)
def deliver_outbox() -> DeliveryReport:
    """Deliver the mail that is due."""
    return outbox.deliver_pending(should_stop=is_stopping)


@sweep("idempotency_keys", seconds=3600)
def forget_idempotency_keys() -> int:
    """Forget remembered answers after 72 hours; returns how many."""
    with transaction() as session:
        old = IdempotencyKey.created_at < clock.now() - IDEMPOTENCY_KEPT
        return len(session.scalars(delete(IdempotencyKey).where(old).returning(IdempotencyKey.id)).all())


@sweep("job_slots", seconds=3600)
def forget_job_slots() -> int:
    """Forget which slots were run a day ago; returns how many."""
    with transaction() as session:
        old = JobSlot.started_at < clock.now() - SLOTS_KEPT
        return len(session.scalars(delete(JobSlot).where(old).returning(JobSlot.id)).all())
