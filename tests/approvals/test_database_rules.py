"""What the database itself refuses, whatever the program does: written in plain SQL."""

from typing import Protocol

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from salesoffice.approvals.models import ApprovalRequest
from salesoffice.approvals.rules import StepDraft
from salesoffice.approvals.services import decide
from salesoffice.core.permissions import Role
from salesoffice.infra.db import transaction
from tests.factories import Office
from tests.factories.approvals import MANAGER, make_chain, make_request

DECIDE = (
    "UPDATE approval_tasks SET state = 'approved', decided_at = '2026-05-11 01:00:00+00', decided_by_id = :by,"
    " for_user_id = :voice WHERE id = :task"
)


class Write(Protocol):
    """Writes a statement, committed."""

    def __call__(self, statement: str, **values: int | None) -> None: ...


@pytest.fixture
def request_made(session: Session, office: Office) -> ApprovalRequest:
    """A request of the assistant that two decide side by side."""
    with transaction():
        make_chain(session, office.project.id, MANAGER, StepDraft(1, Role.FINANCE))
        return make_request(session, office.project.id, office.actor(office.assistant))


@pytest.fixture
def write(session: Session) -> Write:
    """Write a statement, committed."""

    def run(statement: str, **values: int | None) -> None:
        with transaction():
            session.execute(text(statement), values)

    return run


def test_decision_by_the_applicant_is_refused(request_made: ApprovalRequest, write: Write) -> None:
    task, by = request_made.tasks[0].id, request_made.applicant_id

    with pytest.raises(IntegrityError, match="never_the_applicant"):
        write(DECIDE, by=by, voice=None, task=task)


def test_decision_for_the_applicant_is_refused(
    request_made: ApprovalRequest, write: Write, office: Office
) -> None:
    task, voice = request_made.tasks[0].id, request_made.applicant_id

    with pytest.raises(IntegrityError, match="never_for_the_applicant"):
        write(DECIDE, by=office.finance.id, voice=voice, task=task)


def test_two_decisions_by_one_person_are_refused(
    request_made: ApprovalRequest, write: Write, office: Office
) -> None:
    first, second = (task.id for task in request_made.tasks)
    write(DECIDE, by=office.manager.id, voice=None, task=first)

    with pytest.raises(IntegrityError, match=r"(?i)unique"):
        write(DECIDE, by=office.manager.id, voice=None, task=second)


def test_state_without_a_decider_is_refused(request_made: ApprovalRequest, write: Write) -> None:
    task = request_made.tasks[0].id

    with pytest.raises(IntegrityError, match="decided"):
        write("UPDATE approval_tasks SET state = 'approved' WHERE id = :task", task=task)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE approval_tasks SET state = 'rejected' WHERE id = :task",
        "UPDATE approval_tasks SET decided_by_id = id WHERE id = :task",
        "UPDATE approval_tasks SET comment = 'x' WHERE id = :task",
    ],
)
def test_decision_that_was_made_stays(
    session: Session, request_made: ApprovalRequest, write: Write, office: Office, statement: str
) -> None:
    with transaction():
        decide(session, request_made, actor=office.actor(office.manager), is_approved=True)

    with pytest.raises(IntegrityError, match=r"never changed|stay as they are"):
        write(statement, task=request_made.tasks[0].id)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE approval_requests SET applicant_id = applicant_id + 1 WHERE id = :number",
        "UPDATE approval_requests SET fingerprint = 'x' WHERE id = :number",
        "UPDATE approval_tasks SET applicant_id = applicant_id + 1 WHERE request_id = :number",
        "UPDATE approval_tasks SET role = 'rep' WHERE request_id = :number",
        "DELETE FROM approval_tasks WHERE request_id = :number",
        "DELETE FROM approval_requests WHERE id = :number",
    ],
)
def test_what_was_asked_for_stays(request_made: ApprovalRequest, write: Write, statement: str) -> None:
    with pytest.raises(IntegrityError, match="never changed"):
        write(statement, number=request_made.id)
