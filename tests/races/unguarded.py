"""The application with its guards taken away: the control of the races. It must oversell, or the races prove nothing.

The lock of the unit's row is left out, and the database's partial unique index is dropped by the test. On SQLite the
transaction no longer begins with BEGIN IMMEDIATE but lets every statement commit for itself. Where the lock stood, two
requests for the same unit wait for each other, so that the gap between looking and taking is met for certain.
"""

import threading
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from sqlalchemy import Engine, Select, event
from sqlalchemy.orm import Session

import salesoffice.infra.db as guarded

PATIENCE = 2.0

event.remove(Engine, "begin", guarded._begin_on_sqlite)
meetings: dict[int, threading.Barrier] = {}


def read_rows(session: Session, statement: Select[Any]) -> Sequence[Any]:
    """Read what should have been locked, together with somebody else who wants the same unit."""
    rows = session.scalars(statement.execution_options(populate_existing=True)).all()
    for row in rows:
        if row.__tablename__ == "units":
            with suppress(threading.BrokenBarrierError):  # nobody else came, or the pair has gone on already
                meetings.setdefault(row.id, threading.Barrier(2)).wait(PATIENCE)
    return rows


guarded.lock_rows = read_rows

from salesoffice.app import create_app  # noqa: E402

app = create_app()
