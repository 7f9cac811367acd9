"""What may never be true of approvals."""

from collections.abc import Iterator

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import Session, aliased

from salesoffice.approvals.enums import RequestState, TaskState
from salesoffice.approvals.models import ApprovalRequest, ApprovalTask

_UNDECIDED = (TaskState.OPEN, TaskState.WAITING)


def find_breaches(session: Session) -> Iterator[str]:
    """Yield every request whose state and parts do not agree, and every decision by or for the applicant, in words."""
    rejected = _has_task(ApprovalTask.state == TaskState.REJECTED)
    undecided = _has_task(ApprovalTask.state.in_(_UNDECIDED))
    is_open = _has_task(ApprovalTask.state == TaskState.OPEN)
    by_applicant = or_(
        ApprovalTask.decided_by_id == ApprovalRequest.applicant_id,
        ApprovalTask.for_user_id == ApprovalRequest.applicant_id,
        ApprovalTask.applicant_id != ApprovalRequest.applicant_id,
    )
    checks = (
        ("is pending, but nothing in it waits for a decision", ApprovalRequest.state == RequestState.PENDING, ~is_open),
        ("is pending, but was rejected", ApprovalRequest.state == RequestState.PENDING, rejected),
        ("is over, but a part of it still waits", ApprovalRequest.state != RequestState.PENDING, undecided),
        ("is approved, but a part was rejected", ApprovalRequest.state == RequestState.APPROVED, rejected),
        ("is approved, but nobody approved it", ApprovalRequest.state == RequestState.APPROVED,
         ~_has_task(ApprovalTask.state == TaskState.APPROVED)),
        ("is rejected, but nobody rejected it", ApprovalRequest.state == RequestState.REJECTED, ~rejected),
        ("was decided by or for its applicant", ApprovalRequest.id > 0, _has_task(by_applicant)),
        ("was decided out of its order", ApprovalRequest.id > 0, _is_out_of_order()),
    )  # fmt: skip
    for words, state, condition in checks:
        statement = select(ApprovalRequest.id).where(state, condition).order_by(ApprovalRequest.id)
        for request_id in session.scalars(statement):
            yield f"request {request_id} {words}"


def _has_task(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(ApprovalTask.request_id == ApprovalRequest.id, condition)


def _is_out_of_order() -> ColumnElement[bool]:
    """A part was decided although an earlier one was not approved."""
    later = aliased(ApprovalTask)
    return exists().where(
        ApprovalTask.request_id == ApprovalRequest.id,
        ApprovalTask.state != TaskState.APPROVED,
        later.request_id == ApprovalRequest.id,
        later.position > ApprovalTask.position,
        later.decided_by_id.is_not(None),
    )
