"""JSON API of approvals."""

from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from typing import Any

from flask import Response
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from salesoffice.approvals import signals
from salesoffice.approvals.enums import RequestState
from salesoffice.approvals.models import ApprovalRequest
from salesoffice.approvals.queries import RequestFilter, get_request, load_names, select_requests, waits_for
from salesoffice.approvals.rules import RequestChanged
from salesoffice.approvals.schemas import (
    DecisionBodySchema,
    RequestDetailSchema,
    RequestListSchema,
    RequestQuerySchema,
    RequestSchema,
)
from salesoffice.approvals.services import decide
from salesoffice.core.permissions import Permission
from salesoffice.infra.db import db
from salesoffice.projects.models import Project
from salesoffice.projects.queries import list_projects
from salesoffice.webkit.access import authorise, current_actor, requires
from salesoffice.webkit.api import make_blueprint, problem_from_domain, writes
from salesoffice.webkit.pager import paginate_by_id

blp = make_blueprint("approvals", "Requests for approval and their decisions")

_REFUSALS = (
    "self_approval, not_your_turn, already_decided (decided_by), request_changed (it is not what was seen, or it has been"
    " overtaken), wrong_state (withdrawn)"
)


def _refuse_stale(view: Callable[..., Response]) -> Callable[..., Response]:
    """Answer 409 when an approval came too late to be applied: that it is overtaken is written down all the same."""

    @wraps(view)
    def wrapper(*args: Any, **kwargs: Any) -> Response:
        response = view(*args, **kwargs)
        if response.get_json()["state"] != RequestState.STALE.value:
            return response
        message = _l("Nothing was applied: what was asked for has been overtaken by another change.")
        return problem_from_domain(RequestChanged(message))

    return wrapper


@blp.route("/approvals")
@requires(Permission.APPROVAL_VIEW)
@blp.arguments(RequestQuerySchema, location="query")
@blp.response(200, RequestListSchema)
def list_requests(query: dict[str, Any]) -> dict[str, Any]:
    """List the requests of the caller's projects."""
    projects = {
        project.id: project
        for project in list_projects(db.session(), current_actor())
        if current_actor().can(Permission.APPROVAL_VIEW, project.id)
        and query["project"] in {None, project.code}
    }
    chosen = RequestFilter(
        states=() if query["state"] is None else (query["state"],),
        waits_for_id=(current_actor().id or 0) if query["waits_for_me"] else None,
    )
    statement = select_requests(projects, chosen)
    page = paginate_by_id(statement, ApprovalRequest.id, cursor=query["cursor"], limit=query["limit"])
    return {"items": _present(page.items, projects), "next_cursor": page.next_cursor}


@blp.route("/approvals/<int:request_id>")
@requires(Permission.APPROVAL_VIEW)
@blp.response(200, RequestDetailSchema)
def show_request(request_id: int) -> dict[str, Any]:
    """Return a request with what it would change and who decides."""
    found = _load(request_id)
    facts = signals.describe(db.session(), found.subject_kind, found, current_actor())
    return _present_one(found) | {
        "rows": [{"label": str(row.label), "old": row.old, "new": row.new} for row in facts.rows],
        "amount_effect_fen": facts.amount_effect,
        "floor_effect_fen": facts.floor_effect,
        "reason": facts.reason,
        "deal": facts.deal_number,
        "unit": facts.unit_code,
    }


@blp.route("/approvals/<int:request_id>/approve", methods=["POST"])
@requires(Permission.APPROVAL_DECIDE)
@blp.arguments(DecisionBodySchema)
@blp.response(200, RequestSchema)
@blp.alt_response(403, description="not_allowed")
@blp.alt_response(409, description=_REFUSALS)
@_refuse_stale
@writes(RequestSchema)
def post_approval(body: dict[str, Any], request_id: int) -> dict[str, Any]:
    """Approve the caller's part of a request; the last part approved applies what was asked for."""
    return _decide(body, request_id, is_approved=True)


@blp.route("/approvals/<int:request_id>/reject", methods=["POST"])
@requires(Permission.APPROVAL_DECIDE)
@blp.arguments(DecisionBodySchema)
@blp.response(200, RequestSchema)
@blp.alt_response(403, description="not_allowed")
@blp.alt_response(409, description=_REFUSALS)
@_refuse_stale
@writes(RequestSchema)
def post_rejection(body: dict[str, Any], request_id: int) -> dict[str, Any]:
    """Reject a request, with a comment; that ends it."""
    return _decide(body, request_id, is_approved=False)


def _decide(body: Mapping[str, Any], request_id: int, *, is_approved: bool) -> dict[str, Any]:
    decided = decide(
        db.session(),
        _load(request_id),
        actor=current_actor(),
        is_approved=is_approved,
        comment=body["comment"],
        fingerprint=body["fingerprint"],
    )
    return _present_one(decided)


def _load(request_id: int) -> ApprovalRequest:
    found = get_request(db.session(), request_id)
    authorise(found.project_id)
    return found


def _present_one(found: ApprovalRequest) -> dict[str, Any]:
    return _present([found], {found.project_id: db.session.get_one(Project, found.project_id)})[0]


def _present(rows: Sequence[ApprovalRequest], projects: Mapping[int, Project]) -> list[dict[str, Any]]:
    """Build the answers for some requests; two queries whatever their number."""
    session, ids = db.session(), [row.id for row in rows]
    numbers = {row.applicant_id for row in rows} | {
        number
        for row in rows
        for task in row.tasks
        for number in (task.user_id, task.decided_by_id, task.for_user_id)
        if number is not None
    }
    people = {number: {"id": number, "name": name} for number, name in load_names(session, numbers).items()}
    mine = set(
        session.scalars(
            select(ApprovalRequest.id).where(
                ApprovalRequest.id.in_(ids),
                ApprovalRequest.state == RequestState.PENDING,
                waits_for(current_actor().id or 0),
            )
        )
    )
    return [
        {
            **{name: getattr(row, name) for name in _PLAIN},
            "project": projects[row.project_id].code,
            "applicant": people[row.applicant_id],
            "waits_for_me": row.id in mine,
            "tasks": [_present_task(task, people) for task in row.tasks],
        }
        for row in rows
    ]


_PLAIN = (
    "id", "kind", "subject_kind", "subject_id", "title", "measure", "fingerprint", "state", "requested_at", "decide_by",
    "decided_at",
)  # fmt: skip


def _present_task(task: Any, people: Mapping[int, dict[str, Any]]) -> dict[str, Any]:
    return {
        "position": task.position,
        "role": task.role,
        "title": task.title,
        "user": people.get(task.user_id),
        "state": task.state,
        "decided_by": people.get(task.decided_by_id),
        "for_user": people.get(task.for_user_id),
        "decided_at": task.decided_at,
        "comment": task.comment,
    }
