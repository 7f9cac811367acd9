"""`verify` finds every kind of breach that somebody with the database's password could plant."""

import json
from collections.abc import Iterator

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import select, text

from salesoffice.cli import main
from salesoffice.infra.db import db, transaction
from salesoffice.infra.models import StoredFile
from tests.factories.everything import Everything, make_everything

OPEN_CLAIM = "CREATE UNIQUE INDEX uq_claims_open_unit ON claims (unit_id) WHERE closed_at IS NULL"
PAID = "SELECT min(instalment_id) FROM allocations"
BREACHES = {
    "double open claim": (
        "deals and claims",
        "UPDATE claims SET unit_id = (SELECT min(unit_id) FROM claims) WHERE closed_at IS NULL",
    ),
    "schedule and price": (
        "accounts",
        "UPDATE instalments SET amount = amount + 1 WHERE id = (SELECT max(id) FROM instalments)",
    ),
    "more allocated than received": (
        "accounts",
        "UPDATE allocations SET amount = amount + 100000000 WHERE id = (SELECT min(id) FROM allocations)",
    ),
    "account and its receipts": ("accounts", "UPDATE accounts SET received_amount = received_amount + 1 WHERE id = 1"),
    "gap in the deals' numbers": (
        "deals and claims", "UPDATE number_series SET last_number = last_number + 1 WHERE series = 'deal'",
    ),
    "gap in the receipts' numbers": (
        "accounts", "UPDATE number_series SET last_number = last_number + 1 WHERE series = 'receipt'",
    ),
    "gap in the contracts' numbers": (
        "contracts", "UPDATE number_series SET last_number = last_number + 1 WHERE series = 'contract'",
    ),
    "audit entry changed": ("audit chain", "UPDATE audit_entries SET after = '{}' WHERE sequence = 2"),
    "audit entry removed": ("audit chain", "DELETE FROM audit_entries WHERE sequence = 3"),
    "end of the audit cut off": (
        "audit chain",
        "DELETE FROM audit_entries WHERE sequence = (SELECT max(sequence) FROM audit_entries)",
    ),
}  # fmt: skip


@pytest.fixture
def everything(app: Flask) -> Iterator[Everything]:
    """One of everything; what guards it comes back after the test."""
    with app.test_request_context(), transaction() as session:
        found = make_everything(session)
    yield found
    with app.app_context(), db.engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("TRUNCATE claims CASCADE"))
            connection.execute(text("DROP INDEX IF EXISTS uq_claims_open_unit"))
            connection.execute(text(OPEN_CLAIM))


def plant(app: Flask, statement: str) -> None:
    """Change rows behind the back of every guard of the database."""
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(text("DROP INDEX uq_claims_open_unit"))
        if connection.dialect.name == "postgresql":
            connection.execute(text("SET LOCAL session_replication_role = replica"))
        else:
            names = connection.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all()
            for name in names:
                connection.execute(text(f"DROP TRIGGER {name}"))
        connection.execute(text(statement))


def verify(app: Flask) -> tuple[int, dict[str, int]]:
    """Run the command; return its exit code and the checks that found something."""
    result = CliRunner().invoke(main, ["verify", "--json"], obj=app)
    checks = json.loads(result.stdout)["checks"]
    return result.exit_code, {name: count for name, count in checks.items() if count}


def test_verify_finds_nothing_in_an_office_with_everything(app: Flask, everything: Everything) -> None:
    assert verify(app) == (0, {})


@pytest.mark.parametrize("breach", BREACHES)
def test_verify_finds_a_planted_breach(app: Flask, everything: Everything, breach: str) -> None:
    check, statement = BREACHES[breach]
    plant(app, statement)

    code, found = verify(app)

    assert (code, check in found) == (3, True), found


@pytest.mark.parametrize("content", [b"something else", None])
def test_verify_finds_a_file_that_was_changed_or_lost(
    app: Flask, everything: Everything, content: bytes | None
) -> None:
    with app.app_context():
        digest = db.session.get_one(StoredFile, 1).sha256
        same = db.session.scalars(select(StoredFile.id).where(StoredFile.sha256 == digest)).all()
    path = app.config["DATA_DIR"] / "files" / digest[:2] / digest
    path.unlink()
    if content is not None:
        path.write_bytes(content)

    outcome = verify(app)
    path.unlink(missing_ok=True)  # the next test stores it anew

    assert outcome == (3, {"stored files": len(same)})
