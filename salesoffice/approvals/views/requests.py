"""What waits for a decision, one request as an approver sees it, and the decision."""

from dataclasses import replace
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from salesoffice.approvals import signals
from salesoffice.approvals.enums import RequestState, TaskState
from salesoffice.approvals.forms import DecisionForm
from salesoffice.approvals.models import ApprovalRequest
from salesoffice.approvals.queries import (
    RequestFilter,
    count_waiting_for,
    get_project_request,
    load_crew,
    load_names,
    may_decide,
    select_requests,
    spent_voices,
)
from salesoffice.approvals.rules import list_deciders, name_part
from salesoffice.approvals.services import decide
from salesoffice.approvals.views.blueprint import UNPROCESSABLE, bp
from salesoffice.core import clock
from salesoffice.core.errors import DomainError
from salesoffice.core.permissions import Permission
from salesoffice.infra.db import db, transaction
from salesoffice.infra.i18n import _
from salesoffice.projects.queries import current_project
from salesoffice.webkit.access import current_actor, current_project_id, requires
from salesoffice.webkit.forms import fill_problem, tidy_text
from salesoffice.webkit.pager import page_number, paginate
from salesoffice.webkit.resubmission import claim_form

MINE, OWN, DECIDED, ALL = "mine", "own", "decided", "all"


@bp.route("")
@requires(Permission.APPROVAL_VIEW)
def index(code: str) -> str:
    """List requests: those that wait for the person, the person's own, those decided, all."""
    session, project_id, user_id = db.session(), current_project_id(), current_actor().id or 0
    decides = current_actor().can(Permission.APPROVAL_DECIDE, project_id)
    tab = request.args.get("tab", "")
    tab = tab if tab in {MINE, OWN, DECIDED, ALL} else (MINE if decides else OWN)
    q = tidy_text(request.args.get("q", ""))[:100]
    page = paginate(
        select_requests([project_id], replace(_filter_of(tab, user_id), q=q)),
        page_number(request.args.get("page")),
    )
    people = {row.applicant_id for row in page.items} | {
        task.user_id for row in page.items for task in row.tasks if task.user_id is not None
    }
    names = load_names(session, people)
    return render_template(
        "approvals/index.html",
        code=code,
        tab=tab,
        q=q,
        page=page,
        names=names,
        kinds=_kind_labels(),
        now=clock.now(),
        waits={row.id: _name_open_parts(row, names) for row in page.items},
        count=count_waiting_for(session, user_id, project_id),
        decides=decides,
    )


@bp.route("/<int:request_id>")
@requires(Permission.APPROVAL_VIEW)
def show(code: str, request_id: int) -> str:
    """Show one request with everything that a decision needs."""
    return _render(_load(request_id), DecisionForm(formdata=None))


@bp.route("/<int:request_id>/approve", methods=["POST"])
@requires(Permission.APPROVAL_DECIDE)
def approve(code: str, request_id: int) -> ResponseReturnValue:
    """Approve."""
    return _decide(code, request_id, is_approved=True)


@bp.route("/<int:request_id>/reject", methods=["POST"])
@requires(Permission.APPROVAL_DECIDE)
def reject(code: str, request_id: int) -> ResponseReturnValue:
    """Reject with a comment."""
    return _decide(code, request_id, is_approved=False)


def _decide(code: str, request_id: int, *, is_approved: bool) -> ResponseReturnValue:
    form = DecisionForm()
    if not form.validate():
        return _render(_load(request_id), form), UNPROCESSABLE
    try:
        with transaction() as session:
            claim = claim_form(session, form.nonce.data)
            if not claim.body:
                found = decide(
                    session,
                    _load(request_id),
                    actor=current_actor(),
                    is_approved=is_approved,
                    comment=form.comment.data or "",
                    fingerprint=form.fingerprint.data or "",
                )
                claim.body = url_for("approvals.show", code=code, request_id=request_id)
                _flash_outcome(found)
    except DomainError as error:
        fill_problem(form, error)
        return _render(_load(request_id), form), error.status
    return redirect(claim.body)


def _flash_outcome(found: ApprovalRequest) -> None:
    if found.state is RequestState.STALE:
        message = _("Nothing was applied: what was asked for has been overtaken by another change.")
        flash(message, "warning")
    elif found.state is RequestState.PENDING:
        flash(_("Approved. The next step has been told by mail."), "success")
    elif found.state is RequestState.APPROVED:
        flash(_("Approved. It is in force now, and the applicant has been told by mail."), "success")
    else:
        flash(_("Rejected. The applicant has been told by mail."), "success")


def _load(request_id: int) -> ApprovalRequest:
    return get_project_request(db.session(), current_project_id(), request_id)


def _render(found: ApprovalRequest, form: DecisionForm) -> str:
    session, actor = db.session(), current_actor()
    form.fingerprint.data = found.fingerprint
    crew = load_crew(session, found.project_id)
    spent = spent_voices(found.tasks)
    people = {found.applicant_id, *spent}
    people |= {task.user_id for task in found.tasks if task.user_id is not None}
    names = load_names(session, people)
    deciders = {
        task.id: [
            crew.people[one].name
            for one in list_deciders(task, crew, applicant_id=found.applicant_id, spent=spent)
        ]
        for task in found.tasks
        if task.state in {TaskState.OPEN, TaskState.WAITING}
    }
    context: dict[str, Any] = {
        "facts": signals.describe(session, found.subject_kind, found, actor),
        "parts": {task.id: name_part(task, names) for task in found.tasks},
        "may_decide": actor.can(Permission.APPROVAL_DECIDE, found.project_id)
        and may_decide(session, found.id, actor.id or 0),
    }
    return render_template(
        "approvals/show.html",
        code=current_project().code,
        found=found,
        form=form,
        names=names,
        deciders=deciders,
        kind=_kind_labels().get(found.kind, found.kind),
        is_overdue=found.state is RequestState.PENDING and found.decide_by < clock.now(),
        **context,
    )


def _filter_of(tab: str, user_id: int) -> RequestFilter:
    if tab == MINE:
        return RequestFilter(waits_for_id=user_id)
    if tab == OWN:
        return RequestFilter(applicant_id=user_id)
    if tab == DECIDED:
        return RequestFilter(states=frozenset(RequestState) - {RequestState.PENDING})
    return RequestFilter()


def _kind_labels() -> dict[str, str]:
    return {kind.value: str(kind.label) for kind in signals.list_kinds()}


def _name_open_parts(row: ApprovalRequest, names: Any) -> str:
    return ", ".join(name_part(task, names) for task in row.tasks if task.state is TaskState.OPEN)
