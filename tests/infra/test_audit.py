"""The audit chain holds, and the database refuses to change it."""

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from salesoffice.core.permissions import SYSTEM
from salesoffice.infra import audit
from salesoffice.infra.db import transaction
from salesoffice.infra.models import AuditEntry
from tests.factories import Office


def test_chain_of_new_project_holds(session: Session, office: Office) -> None:
    breaches = list(audit.find_breaches(session))

    assert breaches == []
    assert audit.current_sequence(session, office.project.id) == 1


def test_entry_carries_values_before_and_after(session: Session, office: Office) -> None:
    unit = office.units[0]

    with transaction() as writing:
        audit.record(
            writing, action="unit.seen", actor=SYSTEM, project_id=office.project.id, subject=unit, unit_id=unit.id,
            before={"a": 1}, after={"a": 2},
        )  # fmt: skip

    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "unit.seen")).one()
    assert (entry.sequence, entry.subject_kind, entry.unit_id, entry.before, entry.after) == (
        2, "units", unit.id, '{"a":1}', '{"a":2}',
    )  # fmt: skip
    assert list(audit.find_breaches(session)) == []


@pytest.mark.parametrize("statement", ["UPDATE audit_entries SET after = '{}'", "DELETE FROM audit_entries"])
def test_database_refuses_to_change_an_entry(session: Session, office: Office, statement: str) -> None:
    with pytest.raises(DatabaseError, match="never changed"), transaction() as writing:
        writing.execute(text(statement))
