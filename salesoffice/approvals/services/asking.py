"""Asking for an approval, withdrawing it, and noticing that what was asked for has been overtaken."""

from datetime import timedelta
from typing import TypedDict, Unpack

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from salesoffice.approvals import signals
from salesoffice.approvals.enums import RequestNews, RequestState, TaskState
from salesoffice.approvals.models import ApprovalRequest, ApprovalStep, ApprovalTask
from salesoffice.approvals.queries import find_rule, load_crew, spent_voices
from salesoffice.approvals.rules import (
    NoApprover,
    check_request_step,
    check_task_step,
    choose_steps,
    find_unserved,
    list_deciders,
    name_part,
)
from salesoffice.core import clock
from salesoffice.core.errors import DomainError, NotAllowed
from salesoffice.core.permissions import Actor
from salesoffice.infra import audit
from salesoffice.infra.db import lock_rows


class Submission(TypedDict):
    """What is asked for: `measure` in the unit of the kind, `fingerprint` the SHA-256 of what an approver sees."""

    project_id: int
    kind: str
    measure: int
    subject_kind: str
    subject_id: int
    title: str
    fingerprint: str
    applicant: Actor


def submit_request(session: Session, **asked: Unpack[Submission]) -> ApprovalRequest | None:
    """Ask for the approval of a subject by the chain that its kind has in the project; the first position is open then
    and its people get a mail. None: the kind needs no approval, or no step is reached by the measure.

    Refused: `no_approver` when a step could be decided by nobody but the applicant (or by nobody who does not decide
    another step), `applicant_missing` when no person asks.
    """
    rule = find_rule(session, asked["project_id"], asked["kind"])
    steps = choose_steps(rule.steps, asked["measure"]) if rule is not None and rule.is_required else []
    if rule is None or not steps:
        return None
    applicant_id = asked["applicant"].id
    if applicant_id is None:
        message = _l("This needs approval, so that a person has to ask for it, not the system.")
        raise DomainError(message, code="applicant_missing")
    _check_approvers(session, asked["project_id"], steps, applicant_id)
    now = clock.now()
    request = ApprovalRequest(
        project_id=asked["project_id"],
        kind=asked["kind"],
        subject_kind=asked["subject_kind"],
        subject_id=asked["subject_id"],
        title=asked["title"][:200],
        measure=asked["measure"],
        fingerprint=asked["fingerprint"],
        applicant_id=applicant_id,
        state=RequestState.PENDING,
        requested_at=now,
        decide_by=now + timedelta(hours=rule.decide_hours),
        tasks=[_build_task(step, applicant_id) for step in steps],
    )
    session.add(request)
    session.flush()
    after = {"kind": request.kind, "title": request.title, "measure": request.measure, "steps": len(steps)}
    audit.record_change(session, request, "approval.requested", asked["applicant"], after=after)
    open_next(session, request)
    return request


def withdraw_request(session: Session, request: ApprovalRequest, *, actor: Actor) -> ApprovalRequest:
    """Take a pending request back; only the applicant may. Whoever calls sees to the subject.

    Refused: `not_allowed` for anybody else, `wrong_state` when it is decided.
    """
    lock_request(session, request)
    if actor.id is None or actor.id != request.applicant_id:
        raise NotAllowed(_l("Only who asked for it may withdraw a request."))
    close_request(session, request, RequestState.WITHDRAWN)
    audit.record_change(session, request, "approval.withdrawn", actor)
    return request


def mark_stale(
    session: Session, request: ApprovalRequest, *, actor: Actor, reason: str = ""
) -> ApprovalRequest:
    """Mark a request as overtaken: its subject changed meanwhile. The applicant gets a mail. Whoever calls sees to the
    subject. Also for a request that was approved just now and cannot be applied any more.

    Refused: `wrong_state` when it was rejected or withdrawn, or is stale already.
    """
    was_pending = request.state is RequestState.PENDING
    if was_pending:
        lock_request(session, request)
    close_request(session, request, RequestState.STALE)
    audit.record_change(session, request, "approval.overtaken", actor, after={"reason": reason})
    if was_pending:
        signals.send_news(session, request, [request.applicant_id], RequestNews.DECIDED)
    return request


def lock_request(session: Session, request: ApprovalRequest) -> list[ApprovalTask]:
    """Lock a request, the subject before it, and read it and its parts afresh; returns the parts in their order."""
    signals.lock_subject(session, request.subject_kind, request)
    lock_rows(session, select(ApprovalRequest).where(ApprovalRequest.id == request.id))
    statement = (
        select(ApprovalTask)
        .where(ApprovalTask.request_id == request.id)
        .order_by(ApprovalTask.position, ApprovalTask.id)
    )
    return list(session.scalars(statement.execution_options(populate_existing=True)))


def open_next(session: Session, request: ApprovalRequest) -> None:
    """Open the first position that waits and tell its people by mail."""
    waiting = [task for task in request.tasks if task.state is TaskState.WAITING]
    position = min(task.position for task in waiting)
    for task in waiting:
        if task.position == position:
            check_task_step(task.state, TaskState.OPEN)
            task.state, task.opened_at = TaskState.OPEN, clock.now()
    session.flush()
    signals.send_news(session, request, list_open_deciders(session, request), RequestNews.OPENED)


def list_open_deciders(session: Session, request: ApprovalRequest) -> list[int]:
    """List the ids of everybody who may decide an open part now, stand-ins included; nobody twice."""
    crew = load_crew(session, request.project_id)
    spent = spent_voices(request.tasks)
    found: dict[int, None] = {}
    for task in request.tasks:
        if task.state is TaskState.OPEN:
            deciders = list_deciders(task, crew, applicant_id=request.applicant_id, spent=spent)
            found |= dict.fromkeys(deciders)
    return list(found)


def close_request(session: Session, request: ApprovalRequest, state: RequestState) -> None:
    """Bring a request to an end; what was not decided in it is no longer needed."""
    check_request_step(request.state, state)
    request.state = state
    request.decided_at = request.decided_at or clock.now()
    for task in request.tasks:
        if task.state in {TaskState.OPEN, TaskState.WAITING}:
            check_task_step(task.state, TaskState.CLOSED)
            task.state = TaskState.CLOSED
    session.flush()


def _check_approvers(session: Session, project_id: int, steps: list[ApprovalStep], applicant_id: int) -> None:
    crew = load_crew(session, project_id)
    choices = [list_deciders(step, crew, applicant_id=applicant_id, spent=()) for step in steps]
    unserved = find_unserved(choices)
    if unserved is not None:
        names = {person.id: person.name for person in crew.people.values()}
        raise NoApprover(name_part(steps[unserved], names))


def _build_task(step: ApprovalStep, applicant_id: int) -> ApprovalTask:
    return ApprovalTask(
        applicant_id=applicant_id,
        position=step.position,
        role=step.role,
        user_id=step.user_id,
        title=step.title,
        state=TaskState.WAITING,
    )
