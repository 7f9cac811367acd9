"""Deciding a request: by whom, in which order, and what follows."""

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from salesoffice.approvals import signals
from salesoffice.approvals.enums import RequestNews, RequestState, TaskState
from salesoffice.approvals.models import ApprovalRequest, ApprovalTask
from salesoffice.approvals.queries import last_decided, load_crew, load_names, spent_voices
from salesoffice.approvals.rules import (
    AlreadyDecided,
    Crew,
    NotYourTurn,
    Person,
    RequestChanged,
    check_task_step,
    find_unserved,
    find_voice,
    list_deciders,
    may_decide_as,
    name_part,
)
from salesoffice.approvals.services.asking import close_request, lock_request, open_next
from salesoffice.core import clock
from salesoffice.core.errors import (
    DomainError,
    FieldProblem,
    InvalidInput,
    NotAllowed,
    SelfApproval,
    WrongState,
)
from salesoffice.core.permissions import Actor
from salesoffice.infra import audit

_UNDECIDED = frozenset({TaskState.OPEN, TaskState.WAITING})


def decide(
    session: Session,
    request: ApprovalRequest,
    *,
    actor: Actor,
    is_approved: bool,
    comment: str = "",
    fingerprint: str | None = None,
) -> ApprovalRequest:
    """Decide the part of a request that is this person's, with the roles they have in the database at this moment.

    `fingerprint` is that of what the person saw; None where it was not sent back. The last part approved, or one part
    rejected, decides the whole: whoever registered by `on_decision` is told in this transaction, the applicant gets a
    mail. The returned request is `stale` when it was approved but can no longer be applied.

    Refused: `comment_missing` (a rejection needs one), `self_approval`, `already_decided`, `request_changed`,
    `not_your_turn`, `not_allowed`.
    """
    if not is_approved and not comment.strip():
        message = _l("Say in a few words why you reject it.")
        raise InvalidInput(message, [FieldProblem("comment", message)], code="comment_missing")
    if actor.id == request.applicant_id:
        raise SelfApproval(_l("You asked for this yourself; another person has to decide."))
    tasks = lock_request(session, request)
    _check_state(session, request, tasks, fingerprint)
    task, voice = _find_part(session, request, tasks, actor)
    wanted = TaskState.APPROVED if is_approved else TaskState.REJECTED
    check_task_step(task.state, wanted)
    task.state, task.decided_at, task.comment = wanted, clock.now(), comment.strip()
    task.decided_by_id, task.for_user_id = actor.id, voice if voice != actor.id else None
    session.flush()
    after = {
        "position": task.position,
        "role": task.role.value,
        "for": task.for_user_id,
        "comment": task.comment,
    }
    audit.record_change(session, request, f"approval.{wanted.value}", actor, after=after)
    _go_on(session, request, actor)
    return request


def _check_state(
    session: Session, request: ApprovalRequest, tasks: Sequence[ApprovalTask], fingerprint: str | None
) -> None:
    if request.state is RequestState.STALE:
        raise RequestChanged(
            _l("What was asked for has been overtaken by another change. Look at it as it is now.")
        )
    if request.state is RequestState.WITHDRAWN:
        raise WrongState(_l("The applicant has withdrawn this request. There is nothing left to decide."))
    last = last_decided(tasks)
    if request.state is not RequestState.PENDING and last is not None:
        raise _already_decided(session, last)
    if fingerprint is not None and fingerprint != request.fingerprint:
        message = _l("What was asked for is not what you saw. Look at it again, then decide.")
        raise RequestChanged(message)


def _find_part(
    session: Session, request: ApprovalRequest, tasks: Sequence[ApprovalTask], actor: Actor
) -> tuple[ApprovalTask, int]:
    """Find the open part that a person decides, and in whose name."""
    crew = load_crew(session, request.project_id)
    person = crew.people.get(actor.id) if actor.id is not None else None
    if person is None or not person.can_decide:
        raise NotAllowed(_l("Your role does not permit this. Ask the sales manager."))
    spent = spent_voices(tasks)
    voices = [
        (task, voice)
        for task in tasks
        if task.state is TaskState.OPEN
        and (voice := find_voice(person, task, crew, applicant_id=request.applicant_id, spent=spent))
        is not None
    ]
    if not voices:
        raise _explain(session, request, tasks, person, crew)
    return next((found for found in voices if _serves_the_rest(request, tasks, crew, found)), voices[0])


def _serves_the_rest(
    request: ApprovalRequest, tasks: Sequence[ApprovalTask], crew: Crew, found: tuple[ApprovalTask, int]
) -> bool:
    """Tell whether everything else can still be decided by others when somebody decides this part.

    Who may decide one of two parts takes the one that nobody else could.
    """
    task, voice = found
    rest = [other for other in tasks if other is not task and other.state in _UNDECIDED]
    spent = spent_voices(tasks) | {voice}
    choices = [list_deciders(other, crew, applicant_id=request.applicant_id, spent=spent) for other in rest]
    return find_unserved(choices) is None


def _explain(
    session: Session, request: ApprovalRequest, tasks: Sequence[ApprovalTask], person: Person, crew: Crew
) -> DomainError:
    """Build the refusal that says why no part is this person's now."""
    own = [task for task in tasks if person.id in {task.decided_by_id, task.for_user_id}]
    if own:
        return _already_decided(session, own[0])
    in_name_of = [crew.people[voice] for voice in crew.stand_ins.get(person.id, ()) if voice in crew.people]
    names = {one.id: one.name for one in crew.people.values()}
    is_own = {task.id for task in tasks if any(may_decide_as(one, task) for one in (person, *in_name_of))}
    if any(task.id in is_own and task.state is TaskState.WAITING for task in tasks):
        parts = [name_part(task, names) for task in tasks if task.state is TaskState.OPEN]
        return NotYourTurn(", ".join(parts))
    decided = [task for task in tasks if task.id in is_own and task.decided_at is not None]
    if decided:
        return _already_decided(session, decided[-1])
    applicant = crew.people.get(request.applicant_id)
    if applicant in in_name_of and any(may_decide_as(applicant, task) for task in tasks):
        return SelfApproval(
            _l("You stand in for the person who asked for this; another person has to decide.")
        )
    return NotAllowed(_l("This is not yours to decide: it waits for another role or person."))


def _already_decided(session: Session, task: ApprovalTask) -> AlreadyDecided:
    names = load_names(session, {task.decided_by_id} if task.decided_by_id is not None else set())
    when = clock.local(task.decided_at).strftime("%Y-%m-%d %H:%M") if task.decided_at is not None else ""
    return AlreadyDecided(names.get(task.decided_by_id or 0, ""), when, task.state.label)


def _go_on(session: Session, request: ApprovalRequest, actor: Actor) -> None:
    """Open the next position, or decide the request as a whole."""
    states = {task.state for task in request.tasks}
    if TaskState.REJECTED in states:
        _finish(session, request, actor, RequestState.REJECTED)
    elif TaskState.OPEN in states:
        return
    elif TaskState.WAITING in states:
        open_next(session, request)
    else:
        _finish(session, request, actor, RequestState.APPROVED)


def _finish(session: Session, request: ApprovalRequest, actor: Actor, state: RequestState) -> None:
    close_request(session, request, state)
    signals.tell_decision(session, request.subject_kind, request, actor)
    signals.send_news(session, request, [request.applicant_id], RequestNews.DECIDED)
