"""The mails about a request: to those who may decide it, and to the applicant at its end."""

from collections.abc import Collection

from flask import current_app, render_template
from sqlalchemy import select
from sqlalchemy.orm import Session

from salesoffice.approvals.enums import RequestNews, RequestState
from salesoffice.approvals.models import ApprovalRequest, ApprovalTask
from salesoffice.approvals.queries import last_decided, load_names
from salesoffice.approvals.signals import find_kind
from salesoffice.core import clock
from salesoffice.infra.i18n import DEFAULT_LANGUAGE, LANGUAGES, _, speak
from salesoffice.infra.outbox import queue_mail
from salesoffice.projects.queries import get_project
from salesoffice.staff.models import User

_TEMPLATES = {
    RequestNews.OPENED: "approvals/opened_to_approver",
    RequestNews.CHASED: "approvals/chased_to_approver",
    RequestNews.DECIDED: "approvals/decided_to_applicant",
}


def queue_news(
    session: Session, request: ApprovalRequest, user_ids: Collection[int], news: RequestNews
) -> None:
    """Queue the mail about a request, one for each person in their own language; the same news is told once."""
    statement = select(User).where(User.id.in_(user_ids), User.is_active).order_by(User.id)
    project = get_project(session, request.project_id)
    address = f"{current_app.config['BASE_URL']}/p/{project.code}/approvals/{request.id}"
    last = last_decided(request.tasks)
    values = {
        "project": project,
        "request": request,
        "address": address,
        "last": last,
        "names": load_names(session, _people_of(request, last)),
    }
    for user in session.scalars(statement):
        name = f"approval.{request.id}.{_occasion(request, news)}.{user.id}"
        with speak(user.locale if user.locale in LANGUAGES else DEFAULT_LANGUAGE):
            kind = find_kind(request.kind)
            context = {**values, "kind": str(kind.label) if kind is not None else ""}
            queue_mail(
                session,
                key=name.replace(".", ":"),
                project_id=project.id,
                to=user.email,
                subject=_subject(request, news),
                text=render_template(f"{_TEMPLATES[news]}.txt", **context),
                html=render_template(f"{_TEMPLATES[news]}.html", **context),
                message_id=f"<{name}@salesoffice>",
            )


def _people_of(request: ApprovalRequest, last: ApprovalTask | None) -> set[int]:
    found = {request.applicant_id}
    return found | {last.decided_by_id} if last is not None and last.decided_by_id is not None else found


def _occasion(request: ApprovalRequest, news: RequestNews) -> str:
    """Name what the news is about, so that it is told once: the open position, the business day, the end."""
    if news is RequestNews.OPENED:
        decided = [task.position for task in request.tasks if task.opened_at is not None]
        return f"opened-{max(decided)}"
    return f"chased-{clock.business_today()}" if news is RequestNews.CHASED else "decided"


def _subject(request: ApprovalRequest, news: RequestNews) -> str:
    if news is RequestNews.OPENED:
        return _("Please decide: %(title)s", title=request.title)
    if news is RequestNews.CHASED:
        return _("Overdue, please decide: %(title)s", title=request.title)
    if request.state is RequestState.APPROVED:
        return _("Approved: %(title)s", title=request.title)
    if request.state is RequestState.REJECTED:
        return _("Rejected: %(title)s", title=request.title)
    return _("Overtaken by another change: %(title)s", title=request.title)
