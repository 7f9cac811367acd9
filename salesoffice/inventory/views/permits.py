"""Pre-sale permits."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms.fields.choices import SelectChoice

from salesoffice.core import clock
from salesoffice.core.errors import DomainError
from salesoffice.core.permissions import Permission
from salesoffice.infra.db import db, transaction
from salesoffice.infra.i18n import _
from salesoffice.inventory.forms import PermitForm
from salesoffice.inventory.queries import list_buildings, list_permits, list_uncovered_buildings
from salesoffice.inventory.services import add_permit
from salesoffice.inventory.views.blueprint import UNPROCESSABLE, bp
from salesoffice.projects.queries import current_project
from salesoffice.webkit.access import current_actor, current_project_id, requires
from salesoffice.webkit.forms import fill_problem


@bp.route("/p/<code>/permits")
@requires(Permission.BOARD_VIEW)
def permits(code: str) -> ResponseReturnValue:
    """List the permits and what they cover."""
    return _render(_build_form(is_empty=True))


@bp.route("/p/<code>/permits", methods=["POST"])
@requires(Permission.PERMIT_EDIT)
def enter_permit(code: str) -> ResponseReturnValue:
    """Enter a permit."""
    form = _build_form()
    issued_on = form.issued_on.data if form.validate() else None
    if issued_on is None:
        return _render(form), UNPROCESSABLE
    try:
        with transaction() as session:
            permit = add_permit(
                session,
                current_project_id(),
                actor=current_actor(),
                number=form.number.data,
                issued_on=issued_on,
                building_ids=form.buildings.data,
                supervised_account=form.supervised_account.data or "",
            )
    except DomainError as error:
        fill_problem(form, error)
        return _render(form), error.status
    flash(_("Permit %(number)s was entered.", number=permit.number), "success")
    return redirect(url_for("inventory.permits", code=code))


def _build_form(*, is_empty: bool = False) -> PermitForm:
    form = PermitForm(formdata=None) if is_empty else PermitForm()
    form.buildings.choices = [
        SelectChoice(building.id, building.name or _("(not named)"))
        for building in list_buildings(db.session(), current_project_id())
    ]
    return form


def _render(form: PermitForm) -> str:
    project = current_project()
    return render_template(
        "inventory/permits.html",
        project=project,
        form=form,
        permits=list_permits(db.session(), project.id),
        uncovered=list_uncovered_buildings(db.session(), project.id, clock.business_today()),
    )
