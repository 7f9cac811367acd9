"""Requests for approval: what waits for whom, lists, and the chains of a project."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased, selectinload

from salesoffice.approvals.enums import RequestState, TaskState
from salesoffice.approvals.models import (
    ApprovalRequest,
    ApprovalRule,
    ApprovalTask,
    Delegation,
)
from salesoffice.approvals.queries.people import is_in_force
from salesoffice.approvals.rules import DECIDING_ROLES
from salesoffice.core.errors import NotFound
from salesoffice.core.permissions import Role
from salesoffice.staff.models import Membership, User

Id = int | ColumnElement[int] | InstrumentedAttribute[int]
"""A person: by id, by a parameter, or by a column."""


@dataclass(frozen=True)
class RequestFilter:
    """What a list of requests shows: a tab, and a search in title and applicant."""

    q: str = ""
    states: Collection[RequestState] = ()
    applicant_id: int | None = None
    waits_for_id: int | None = None


def get_request(session: Session, request_id: int) -> ApprovalRequest:
    """Return a request by id; raises NotFound."""
    found = session.get(ApprovalRequest, request_id)
    if found is None:
        raise NotFound(_l("There is no such request for approval."))
    return found


def get_project_request(session: Session, project_id: int, request_id: int) -> ApprovalRequest:
    """Return a request of a project; raises NotFound, also for another project's."""
    found = get_request(session, request_id)
    if found.project_id != project_id:
        raise NotFound(_l("There is no such request for approval."))
    return found


def find_request(session: Session, subject_kind: str, subject_id: int) -> ApprovalRequest | None:
    """Find the request about a subject."""
    statement = select(ApprovalRequest).where(
        ApprovalRequest.subject_kind == subject_kind, ApprovalRequest.subject_id == subject_id
    )
    return session.scalars(statement).one_or_none()


def find_rule(session: Session, project_id: int, kind: str) -> ApprovalRule | None:
    """Find the rule of a kind in a project."""
    statement = select(ApprovalRule).where(ApprovalRule.project_id == project_id, ApprovalRule.kind == kind)
    return session.scalars(statement).one_or_none()


def load_rules(session: Session, project_id: int) -> Mapping[str, ApprovalRule]:
    """Read the rules of a project by kind, with their steps."""
    statement = (
        select(ApprovalRule)
        .where(ApprovalRule.project_id == project_id)
        .options(selectinload(ApprovalRule.steps))
    )
    return {rule.kind: rule for rule in session.scalars(statement)}


def select_requests(project_ids: Collection[int], chosen: RequestFilter) -> Select[ApprovalRequest]:
    """Select requests with their tasks, what is due first on top while it waits, the newest first otherwise."""
    statement = (
        select(ApprovalRequest)
        .where(ApprovalRequest.project_id.in_(project_ids), *_conditions(chosen))
        .options(selectinload(ApprovalRequest.tasks))
    )
    if chosen.waits_for_id is not None:
        return statement.order_by(ApprovalRequest.decide_by, ApprovalRequest.id)
    return statement.order_by(ApprovalRequest.requested_at.desc(), ApprovalRequest.id.desc())


def count_waiting_for(session: Session, user_id: int, project_id: int) -> int:
    """Count the requests of a project that a person may decide now."""
    return session.scalar(select_waiting_counts(user_id).where(ApprovalRequest.project_id == project_id)) or 0


def may_decide(session: Session, request_id: int, user_id: int) -> bool:
    """Tell whether a request waits for a person's decision now."""
    condition = (ApprovalRequest.id == request_id, ApprovalRequest.state == RequestState.PENDING)
    return session.scalar(select(ApprovalRequest.id).where(*condition, waits_for(user_id))) is not None


def select_waiting_counts(user_id: int) -> Select[int]:
    """Select how many requests wait for a person; the caller narrows and groups it."""
    return (
        select(func.count())
        .select_from(ApprovalRequest)
        .where(ApprovalRequest.state == RequestState.PENDING, waits_for(user_id))
    )


def waits_for(user_id: Id) -> ColumnElement[bool]:
    """Return the condition of a request that waits for a person's decision, with the roles they have at this moment:
    what `rules.find_voice` decides, as a query.
    """
    task = aliased(ApprovalTask)
    may_decide = or_(
        and_(_has_role(user_id, task), or_(task.user_id.is_(None), task.user_id == user_id)),
        _stands_in(user_id, task),
    )
    return and_(
        ApprovalRequest.applicant_id != user_id,
        _decides_anything(user_id),
        ~_has_spoken(user_id),
        exists().where(task.request_id == ApprovalRequest.id, task.state == TaskState.OPEN, may_decide),
    )


def select_overdue(moment: datetime, day_start: datetime) -> Select[ApprovalRequest]:
    """Select pending requests whose time is over and that were not chased since the business day began."""
    return (
        select(ApprovalRequest)
        .where(
            ApprovalRequest.state == RequestState.PENDING,
            ApprovalRequest.decide_by < moment,
            or_(ApprovalRequest.chased_at.is_(None), ApprovalRequest.chased_at < day_start),
        )
        .order_by(ApprovalRequest.id)
    )


def spent_voices(tasks: Sequence[ApprovalTask]) -> frozenset[int]:
    """Return the ids of the people who decided a part of a request, or in whose name somebody did."""
    voices = (voice for task in tasks for voice in (task.decided_by_id, task.for_user_id))
    return frozenset(voice for voice in voices if voice is not None)


def last_decided(tasks: Sequence[ApprovalTask]) -> ApprovalTask | None:
    """Return the part that was decided last."""
    decided = [task for task in tasks if task.decided_at is not None]
    return max(decided, key=lambda task: (task.decided_at, task.id), default=None)


def _has_role(user_id: Id, task: type[ApprovalTask]) -> ColumnElement[bool]:
    member = exists().where(
        Membership.user_id == user_id,
        Membership.project_id == ApprovalRequest.project_id,
        Membership.role == task.role,
    )
    admin = exists().where(User.id == user_id, User.is_admin, task.role == Role.ADMIN)
    return or_(member, admin)


def _decides_anything(user_id: Id) -> ColumnElement[bool]:
    member = exists().where(
        Membership.user_id == user_id,
        Membership.project_id == ApprovalRequest.project_id,
        Membership.role.in_(DECIDING_ROLES),
    )
    return or_(member, exists().where(User.id == user_id, User.is_admin))


def _stands_in(user_id: Id, task: type[ApprovalTask]) -> ColumnElement[bool]:
    return (
        select(Delegation.id)
        .join(User, User.id == Delegation.from_user_id)
        .outerjoin(
            Membership,
            and_(
                Membership.user_id == Delegation.from_user_id,
                Membership.project_id == Delegation.project_id,
                Membership.role == task.role,
            ),
        )
        .where(
            Delegation.to_user_id == user_id,
            Delegation.project_id == ApprovalRequest.project_id,
            is_in_force(),
            User.is_active,
            Delegation.from_user_id != ApprovalRequest.applicant_id,
            or_(task.user_id.is_(None), task.user_id == Delegation.from_user_id),
            or_(Membership.id.is_not(None), and_(User.is_admin, task.role == Role.ADMIN)),
            ~_has_spoken(Delegation.from_user_id),
        )
        .exists()
    )


def _has_spoken(user_id: Id) -> ColumnElement[bool]:
    earlier = aliased(ApprovalTask)
    return exists().where(
        earlier.request_id == ApprovalRequest.id,
        or_(earlier.decided_by_id == user_id, earlier.for_user_id == user_id),
    )


def _conditions(chosen: RequestFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if chosen.states:
        found.append(ApprovalRequest.state.in_(chosen.states))
    if chosen.applicant_id is not None:
        found.append(ApprovalRequest.applicant_id == chosen.applicant_id)
    if chosen.waits_for_id is not None:
        found += [ApprovalRequest.state == RequestState.PENDING, waits_for(chosen.waits_for_id)]
    if chosen.q:
        applicants = select(User.id).where(User.name.icontains(chosen.q, autoescape=True))
        found.append(
            or_(
                ApprovalRequest.title.icontains(chosen.q, autoescape=True),
                ApprovalRequest.applicant_id.in_(applicants),
            )
        )
    return found
