"""What is written, counted: to show that a refused request wrote nothing."""

from flask import Flask
from sqlalchemy import func, literal, select, union_all

from salesoffice.infra.db import Model, db
from salesoffice.infra.models import AuditChain

BESIDES = frozenset({"user_sessions", "login_attempts"})
"""Signing in is written down whatever comes of it."""


def count_rows(app: Flask) -> dict[str, int]:
    """Return the number of rows of each table, and the number of the last audit entry of each project."""
    counts = union_all(
        *(
            select(literal(table.name), func.count()).select_from(table)
            for table in Model.metadata.sorted_tables
            if table.name not in BESIDES
        ),
        select(literal("audit of a project "), AuditChain.sequence),
    )
    found: dict[str, int] = {}
    with app.app_context(), db.engine.connect() as connection:
        for name, count in connection.execute(counts):
            found[name] = found.get(name, 0) + count
    return found
