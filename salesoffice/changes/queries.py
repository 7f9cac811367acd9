"""Finding changes of sales, and what must never be the case about them."""

from collections.abc import Iterator, Sequence

from flask_babel import lazy_gettext as _l
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from salesoffice.approvals.enums import RequestState
from salesoffice.approvals.models import ApprovalRequest
from salesoffice.changes.enums import ChangeState
from salesoffice.changes.models import Change
from salesoffice.core.errors import NotFound

_LARGEST_ID = 2**31 - 1


def get_change(session: Session, change_id: int) -> Change:
    """Return a change by id; raises NotFound."""
    change = session.get(Change, change_id) if change_id <= _LARGEST_ID else None
    if change is None:
        raise NotFound(_l("There is no such change."))
    return change


def get_change_by_number(session: Session, project_id: int, number: str) -> Change:
    """Return a change of a project by its number; raises NotFound."""
    statement = select(Change).where(Change.project_id == project_id, Change.number == number)
    change = session.scalars(statement).one_or_none()
    if change is None:
        raise NotFound(_l("There is no such change."))
    return change


def list_changes_of_deal(session: Session, deal_id: int) -> Sequence[Change]:
    """List the changes of a sale, the newest first."""
    return session.scalars(select(Change).where(Change.deal_id == deal_id).order_by(Change.id.desc())).all()


def find_breaches(session: Session) -> Iterator[str]:
    """Yield in words everything about changes that must never be the case."""
    statement = (
        select(Change.number, Change.state, ApprovalRequest.state)
        .outerjoin(ApprovalRequest, ApprovalRequest.id == Change.request_id)
        .where(
            or_(
                (Change.state == ChangeState.REQUESTED)
                & (ApprovalRequest.id.is_(None) | (ApprovalRequest.state != RequestState.PENDING)),
                (Change.state != ChangeState.REQUESTED) & (ApprovalRequest.state == RequestState.PENDING),
                (Change.state == ChangeState.APPLIED)
                & ApprovalRequest.id.is_not(None)
                & (ApprovalRequest.state != RequestState.APPROVED),
            )
        )
        .order_by(Change.id)
    )
    for number, state, decided in session.execute(statement):
        yield f"change {number}: {state.value}, but its request is {decided.value if decided else 'missing'}"
