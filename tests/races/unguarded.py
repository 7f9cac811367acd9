"""The application with its guards taken away: the control of the races. It must oversell, or the races prove nothing.

The lock of the unit's row is left out, and the database's partial unique index is dropped by the test. On SQLite the
transaction no longer begins with BEGIN IMMEDIATE but lets every statement commit for itself.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Engine, Select, event
from sqlalchemy.orm import Session

import salesoffice.infra.db as guarded

event.remove(Engine, "begin", guarded._begin_on_sqlite)


def read_rows(session: Session, statement: Select[Any]) -> Sequence[Any]:
    """Read what should have been locked."""
    return session.scalars(statement.execution_options(populate_existing=True)).all()


guarded.lock_rows = read_rows

from salesoffice.app import create_app  # noqa: E402

app = create_app()
