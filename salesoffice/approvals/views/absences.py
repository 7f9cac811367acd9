"""Who stands in for whom during an absence."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from salesoffice.approvals.forms import AbsenceForm
from salesoffice.approvals.queries import get_delegation, list_delegations, load_names, load_people
from salesoffice.approvals.services import delegate, revoke_delegation
from salesoffice.approvals.services.absences import may_enter_others
from salesoffice.approvals.views.blueprint import UNPROCESSABLE, bp
from salesoffice.core import clock
from salesoffice.core.errors import DomainError
from salesoffice.core.permissions import Permission
from salesoffice.infra.db import db, transaction
from salesoffice.infra.i18n import _
from salesoffice.projects.queries import current_project
from salesoffice.webkit.access import current_actor, current_project_id, requires
from salesoffice.webkit.forms import fill_problem
from salesoffice.webkit.resubmission import claim_form


@bp.route("/absences", methods=["GET", "POST"])
@requires(Permission.APPROVAL_DECIDE)
def absences(code: str) -> ResponseReturnValue:
    """List absences and enter one."""
    form = AbsenceForm()
    _offer(form)
    if not form.is_submitted():
        form.from_user_id.data = current_actor().id
        form.starts_on.data = form.ends_on.data = clock.business_today()
        return _render(form)
    if not form.validate():
        return _render(form), UNPROCESSABLE
    try:
        with transaction() as session:
            claim = claim_form(session, form.nonce.data)
            if not claim.body:
                delegate(
                    session,
                    current_project_id(),
                    actor=current_actor(),
                    from_user_id=form.from_user_id.data,
                    to_user_id=form.to_user_id.data,
                    days=form.read_days(),
                    reason=form.reason.data or "",
                )
                claim.body = url_for("approvals.absences", code=code)
                flash(_("The absence was entered."), "success")
    except DomainError as error:
        fill_problem(form, error)
        return _render(form), error.status
    return redirect(claim.body)


@bp.route("/absences/<int:delegation_id>/end", methods=["POST"])
@requires(Permission.APPROVAL_DECIDE)
def end_absence(code: str, delegation_id: int) -> ResponseReturnValue:
    """End a stand-in's authority at once."""
    try:
        with transaction() as session:
            found = get_delegation(session, current_project_id(), delegation_id)
            revoke_delegation(session, found, actor=current_actor())
    except DomainError as error:
        form = AbsenceForm(formdata=None)
        _offer(form)
        fill_problem(form, error)
        return _render(form), error.status
    flash(_("The stand-in decides nothing more from now on."), "success")
    return redirect(url_for("approvals.absences", code=code))


def _offer(form: AbsenceForm) -> None:
    session, project_id, actor = db.session(), current_project_id(), current_actor()
    people = [person for person in load_people(session, project_id).values() if person.can_decide]
    others = may_enter_others(session, actor, project_id)
    form.offer_choices([person for person in people if others or person.id == actor.id], people)


def _render(form: AbsenceForm) -> str:
    session, project_id, actor = db.session(), current_project_id(), current_actor()
    rows = list_delegations(session, project_id)
    return render_template(
        "approvals/absences.html",
        form=form,
        code=current_project().code,
        rows=rows,
        names=load_names(session, {user for row in rows for user in (row.from_user_id, row.to_user_id)}),
        today=clock.business_today(),
        may_end={row.id for row in rows if actor.id == row.from_user_id}
        | ({row.id for row in rows} if may_enter_others(session, actor, project_id) else set()),
    )
