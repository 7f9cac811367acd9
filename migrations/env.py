"""Alembic's environment: migrates the application's database with the engine of the application."""

from alembic import context
from flask import current_app

target = current_app.extensions["migrate"].db

PLAIN_TYPES = {
    "UtcDateTime": "sa.DateTime(timezone=True)",
    "Area": "sa.BigInteger()",
    "Rate": "sa.Integer()",
}
"""How our column types look in a migration, which imports nothing from the application."""


def render_item(kind: str, item: object, _context: object) -> str | bool:
    """Render our column types as the plain types below them."""
    return PLAIN_TYPES.get(type(item).__name__, False) if kind == "type" else False


def run_migrations() -> None:
    """Run the migrations in one transaction on SQLite and PostgreSQL."""
    engine = target.engine
    with engine.connect() as connection:
        is_sqlite = connection.dialect.name == "sqlite"
        if is_sqlite:  # altering a table rebuilds it; rows that point at it must not stop that
            connection.connection.execute("PRAGMA foreign_keys=OFF")
        context.configure(
            connection=connection,
            target_metadata=target.metadata,
            render_as_batch=True,
            compare_type=True,
            render_item=render_item,
            transaction_per_migration=False,
        )
        with context.begin_transaction():
            context.run_migrations()
        if is_sqlite:
            astray = connection.connection.execute("PRAGMA foreign_key_check").fetchall()
            connection.connection.execute("PRAGMA foreign_keys=ON")
            if astray:
                raise RuntimeError(f"rows point at nothing after the migration: {astray[:5]}")


if context.is_offline_mode():
    raise SystemExit("offline migrations are not offered: run them against the database")
run_migrations()
