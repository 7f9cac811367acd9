"""Opinions of the day, written on a phone."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from salesoffice.core import clock
from salesoffice.core.errors import DomainError
from salesoffice.core.permissions import Permission
from salesoffice.dailylog.enums import DailyLogState, OpinionKind
from salesoffice.dailylog.forms import OpinionForm
from salesoffice.dailylog.queries.details import list_opinions
from salesoffice.dailylog.queries.logs import find_log, get_opinion
from salesoffice.dailylog.services import add_opinion, update_opinion
from salesoffice.dailylog.views.blueprint import bp
from salesoffice.infra.db import db, transaction
from salesoffice.infra.i18n import _
from salesoffice.projects.models import Project
from salesoffice.projects.queries import current_project
from salesoffice.webkit.access import current_actor, requires
from salesoffice.webkit.forms import fill_problem


@bp.route("/p/<code>/opinions")
@requires(Permission.OPINION_ADD)
def opinions(**_address: str) -> ResponseReturnValue:
    """Show today's opinions and the form for one more."""
    return _page(current_project(), OpinionForm(formdata=None))


@bp.route("/p/<code>/opinions", methods=["POST"])
@requires(Permission.OPINION_ADD)
def add(code: str) -> ResponseReturnValue:
    """Add an opinion to today."""
    project, form = current_project(), OpinionForm()
    if not form.validate():
        return _page(project, form), 422
    try:
        with transaction() as session:
            add_opinion(session, project, actor=current_actor(), kind=form.kind.data, text=form.text.data)
    except DomainError as error:
        fill_problem(form, error)
        return _page(project, form), error.status
    flash(_("Your opinion is written down."), "success")
    return redirect(_back(code))


@bp.route("/p/<code>/opinions/<int:opinion_id>")
@requires(Permission.OPINION_ADD)
def edit(opinion_id: int, **_address: str) -> ResponseReturnValue:
    """Show the form for changing an opinion."""
    project = current_project()
    opinion = get_opinion(db.session(), project.id, opinion_id)
    return _page(project, OpinionForm(formdata=None, obj=opinion), opinion_id)


@bp.route("/p/<code>/opinions/<int:opinion_id>", methods=["POST"])
@requires(Permission.OPINION_ADD)
def change(code: str, opinion_id: int) -> ResponseReturnValue:
    """Change an opinion."""
    project, form = current_project(), OpinionForm()
    opinion = get_opinion(db.session(), project.id, opinion_id)
    if not form.validate():
        return _page(project, form, opinion_id), 422
    try:
        with transaction() as session:
            opinion = get_opinion(session, project.id, opinion_id)
            update_opinion(session, opinion, actor=current_actor(), kind=form.kind.data, text=form.text.data)
    except DomainError as error:
        fill_problem(form, error)
        return _page(project, form, opinion_id), error.status
    flash(_("The opinion is changed."), "success")
    return redirect(_back(code))


def _back(code: str) -> str:
    """Return to the review page when the form stood there, else to the page of opinions."""
    if request.form.get("from") == "log":
        return url_for("dailylog.show", code=code, date=clock.business_today().isoformat())
    return url_for("dailylog.opinions", code=code)


def _page(project: Project, form: OpinionForm, opinion_id: int | None = None) -> str:
    session, today = db.session(), clock.business_today()
    log = find_log(session, project.id, today)
    lines = list_opinions(session, project.id, today, since=None, until=clock.now())
    actor = current_actor()
    is_reader = actor.can(Permission.LOG_VIEW, project.id)
    return render_template(
        "dailylog/opinions.html",
        project=project,
        form=form,
        opinion_id=opinion_id,
        today=today,
        is_closed=log is not None and log.state is DailyLogState.CLOSED,
        opinions=[line for line in lines if is_reader or line.rep_id == actor.id],
        kinds={kind.value: kind.label for kind in OpinionKind},
        actor_id=actor.id,
    )
