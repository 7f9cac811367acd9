"""Pre-sale permits."""

from collections.abc import Mapping
from datetime import date

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from wtforms.fields.choices import SelectChoice

from salesoffice.core import clock
from salesoffice.core.errors import DomainError
from salesoffice.core.permissions import Permission
from salesoffice.infra.db import db, transaction
from salesoffice.infra.i18n import _, _l
from salesoffice.inventory.forms import PermitForm, PermitUnitsForm, PublishForm
from salesoffice.inventory.models import Permit
from salesoffice.inventory.queries import (
    find_unit_ids,
    get_permit,
    list_buildings,
    list_permits,
    list_uncovered_buildings,
    select_units,
)
from salesoffice.inventory.services import add_permit, publish_permit
from salesoffice.inventory.views.blueprint import UNPROCESSABLE, bp
from salesoffice.inventory.views.units import chosen_ids, read_filter
from salesoffice.projects.queries import current_project
from salesoffice.webkit.access import current_actor, current_project_id, requires
from salesoffice.webkit.forms import fill_problem
from salesoffice.webkit.pager import page_number, paginate

_PER_PAGE = 100


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


@bp.route("/p/<code>/permits/units")
@requires(Permission.PERMIT_EDIT)
def permit_units(code: str) -> ResponseReturnValue:
    """Choose single units for a permit, by filter or by their codes."""
    return _render_units(PermitUnitsForm(formdata=None), request.args)


@bp.route("/p/<code>/permits/units", methods=["POST"])
@requires(Permission.PERMIT_EDIT)
def enter_unit_permit(code: str) -> ResponseReturnValue:
    """Enter a permit for single units."""
    form = PermitUnitsForm()
    issued_on = form.issued_on.data if form.validate() else None
    if issued_on is None:
        return _render_units(form, request.form), UNPROCESSABLE
    try:
        with transaction() as session:
            permit = _add_for_units(session, form, issued_on)
    except DomainError as error:
        fill_problem(form, error)
        return _render_units(form, request.form), error.status
    flash(_("Permit %(number)s was entered.", number=permit.number), "success")
    return redirect(url_for("inventory.permits", code=code))


@bp.route("/p/<code>/permits/<int:permit_id>/publish", methods=["POST"])
@requires(Permission.PERMIT_EDIT)
def publish(code: str, permit_id: int) -> ResponseReturnValue:
    """Note that the units of a permit and their prices are public."""
    permit = get_permit(db.session(), current_project_id(), permit_id)
    form = PublishForm()
    published_on = form.published_on.data if form.validate() else None
    if published_on is None:
        return _render(_build_form(is_empty=True), form), UNPROCESSABLE
    try:
        with transaction() as session:
            publish_permit(session, permit, actor=current_actor(), published_on=published_on)
    except DomainError as error:
        fill_problem(form, error)
        return _render(_build_form(is_empty=True), form), error.status
    flash(_("Permit %(number)s is marked as made public.", number=permit.number), "success")
    return redirect(url_for("inventory.permits", code=code))


def _add_for_units(session: Session, form: PermitUnitsForm, issued_on: date) -> Permit:
    project_id = current_project_id()
    unit_ids = {*chosen_ids(session, form), *find_unit_ids(session, project_id, form.read_codes())}
    if not unit_ids:
        raise DomainError(_l("Choose at least one unit."), code="nothing_chosen", status=UNPROCESSABLE)
    return add_permit(
        session,
        project_id,
        actor=current_actor(),
        number=form.number.data,
        issued_on=issued_on,
        unit_ids=unit_ids,
        supervised_account=form.supervised_account.data or "",
    )


def _render_units(form: PermitUnitsForm, values: Mapping[str, str]) -> str:
    project, chosen = current_project(), read_filter(values)
    return render_template(
        "inventory/permit_units.html",
        project=project,
        form=form,
        chosen=chosen,
        page=paginate(select_units(project.id, chosen), page_number(request.args.get("page")), _PER_PAGE),
        buildings=list_buildings(db.session(), project.id),
        ticked=set(form.unit_ids.data or []),
    )


def _build_form(*, is_empty: bool = False) -> PermitForm:
    form = PermitForm(formdata=None) if is_empty else PermitForm()
    form.buildings.choices = [
        SelectChoice(building.id, building.name or _("(not named)"))
        for building in list_buildings(db.session(), current_project_id())
    ]
    return form


def _render(form: PermitForm, publish_form: PublishForm | None = None) -> str:
    project = current_project()
    return render_template(
        "inventory/permits.html",
        project=project,
        form=form,
        publish_form=publish_form or PublishForm(formdata=None),
        permits=list_permits(db.session(), project.id),
        uncovered=list_uncovered_buildings(db.session(), project.id, clock.business_today()),
    )
