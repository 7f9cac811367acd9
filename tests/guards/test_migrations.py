"""Migrations lead to the tables the models describe and back to nothing, on both databases."""

import ast
import re
import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import inspect, text
from sqlalchemy.exc import IntegrityError

from salesoffice.app import create_app
from salesoffice.infra.db import db
from tests.support.postgres import Cluster
from tests.support.sources import ROOT, parse, place

VERSIONS = ROOT / "migrations" / "versions"
FILE_NAME = re.compile(r"\d{8}_?\d{4}_[a-z0-9_]+\.py")
BOOKKEEPING = {"alembic_version"}


@pytest.fixture(params=["sqlite", "postgresql"])
def app(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """An application on an empty database."""
    url = f"sqlite:///{tmp_path / 'empty.db'}"
    if request.param == "postgresql":
        cluster: Cluster = request.getfixturevalue("postgres_cluster")
        name = f"migrations_{secrets.token_hex(6)}"
        url = cluster.create_database(name).replace("postgresql://", "postgresql+psycopg://")
    made = create_app(
        SQLALCHEMY_DATABASE_URI=url,
        DATA_DIR=tmp_path / "data",
        SECRET_KEY=secrets.token_hex(32),
        TESTING=True,
    )
    with made.app_context():
        yield made
        db.session.remove()
        db.engine.dispose()
    if request.param == "postgresql":
        cluster.drop_database(name)


def table_names() -> set[str]:
    """Return the tables of the application's database."""
    return set(inspect(db.engine).get_table_names()) - BOOKKEEPING


def revisions() -> list[str]:
    """Return the revisions from the first to the newest."""
    return [script.revision for script in ScriptDirectory(str(ROOT / "migrations")).walk_revisions()][::-1]


def imports_of_the_program(tree: ast.AST) -> list[int]:
    """Return the lines that import from salesoffice."""
    return [
        node.lineno
        for node in ast.walk(tree)
        if (isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "salesoffice")
        or (
            isinstance(node, ast.Import)
            and any(name.name.split(".")[0] == "salesoffice" for name in node.names)
        )
    ]


@pytest.mark.usefixtures("app")
def test_upgrade_makes_the_tables_of_the_models() -> None:
    upgrade()

    with db.engine.connect() as connection:
        differences = compare_metadata(
            MigrationContext.configure(connection, opts={"compare_type": True}), db.metadata
        )
    assert differences == []


@pytest.mark.usefixtures("app")
def test_every_migration_goes_up_down_and_up_again() -> None:
    for revision in revisions():
        upgrade(revision=revision)
        after = table_names()
        downgrade(revision="-1")

        upgrade(revision=revision)

        assert table_names() == after


@pytest.mark.usefixtures("app")
def test_downgrade_to_the_beginning_leaves_no_table() -> None:
    upgrade()

    downgrade(revision="base")

    assert table_names() == set()


def test_there_is_one_newest_migration() -> None:
    assert len(ScriptDirectory(str(ROOT / "migrations")).get_heads()) == 1


def test_migrations_are_named_by_minute_and_subject() -> None:
    assert [path.name for path in VERSIONS.glob("*.py") if not FILE_NAME.fullmatch(path.name)] == []


def test_migrations_import_nothing_of_the_program() -> None:
    found = [
        place(path, line) for path in VERSIONS.glob("*.py") for line in imports_of_the_program(parse(path))
    ]

    assert found == []


FOUNDATION = "202611231505"
ROWS = (
    "INSERT INTO companies (id, name) VALUES (1, 'C')",
    (
        "INSERT INTO projects (id, company_id, code, name, city, address, phone, max_deposit_rate, sign_by_days,"
        " hold_minutes, max_hold_minutes, hold_limit, down_payment_rate, late_fee_rate, log_send_at, is_log_automatic,"
        " created_at) VALUES (1, 1, 'P', 'P', '', '', '', 200000, 7, 30, 120, 3, 300000, 500, '18:30:00', true,"
        " '2026-01-05 00:00:00')"
    ),
    "INSERT INTO buildings (id, project_id, name, position) VALUES (1, 1, '1', 0)",
    "INSERT INTO sections (id, building_id, name, position) VALUES (1, 1, 'A', 0)",
    "INSERT INTO floors (id, section_id, number, label) VALUES (1, 1, 1, '1')",
    (
        "INSERT INTO units (id, project_id, building_id, section_id, floor_id, code, room_no, line, usage, product,"
        " orientation, gross_area, release_state, withheld_reason, source_label, source_status, doubt, created_at)"
        " VALUES (1, 1, 1, 1, 1, '1-A-101', '101', '01', '', 'commercial', '', 9000, 'released', '', '', '', '',"
        " '2026-01-05 00:00:00')"
    ),
    (
        "INSERT INTO price_versions (id, project_id, number, state, source, created_at)"
        " VALUES (1, 1, 1, 'in_force', 'f.csv', '2026-01-05 00:00:00')"
    ),
    (
        "INSERT INTO unit_prices (id, version_id, unit_id, basis, gross_price, list_total_amount)"
        " VALUES (1, 1, 1, 'gross', 1000000, 90000000)"
    ),
)
"""An office as the foundation kept it: rows that point at each other."""


@pytest.mark.usefixtures("app")
def test_office_of_the_foundation_survives_every_later_migration() -> None:
    upgrade(revision=FOUNDATION)
    with db.engine.begin() as connection:
        for row in ROWS:
            connection.execute(text(row))

    upgrade()

    with db.engine.connect() as connection:
        unit = connection.execute(
            text("SELECT code, product, gross_area, area_edition, view FROM units")
        ).one()
        price = connection.execute(text("SELECT list_total_amount FROM unit_prices")).scalar_one()
    assert (tuple(unit), price) == (("1-A-101", "commercial", 9000, "presale", ""), 90000000)


@pytest.mark.usefixtures("app")
def test_foreign_keys_hold_again_after_the_migrations() -> None:
    upgrade()

    with pytest.raises(IntegrityError), db.engine.begin() as connection:
        connection.execute(
            text("INSERT INTO buildings (id, project_id, name, position) VALUES (9, 9, 'X', 0)")
        )
