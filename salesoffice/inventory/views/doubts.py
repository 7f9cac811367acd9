"""Units whose place is only partly understood, and putting them where they are."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from salesoffice.core.errors import DomainError
from salesoffice.core.permissions import Permission
from salesoffice.infra.db import db, transaction
from salesoffice.infra.i18n import _
from salesoffice.inventory.forms import ChosenUnitsForm, PlaceForm
from salesoffice.inventory.queries import UnitFilter, count_doubts, list_buildings, select_units
from salesoffice.inventory.services import confirm_label, move_units
from salesoffice.inventory.views.blueprint import UNPROCESSABLE, bp
from salesoffice.inventory.views.units import chosen_ids
from salesoffice.projects.queries import current_project
from salesoffice.webkit.access import current_actor, current_project_id, requires
from salesoffice.webkit.forms import fill_problem
from salesoffice.webkit.pager import page_number, paginate

_PER_PAGE = 100


@bp.route("/p/<code>/doubts")
@requires(Permission.UNIT_EDIT)
def doubts(code: str) -> ResponseReturnValue:
    """List the units to be placed."""
    return _render(PlaceForm(formdata=None))


@bp.route("/p/<code>/doubts/place", methods=["POST"])
@requires(Permission.UNIT_EDIT)
def place(code: str) -> ResponseReturnValue:
    """Put the chosen units in a building, section or floor."""
    form = PlaceForm()
    if not form.validate():
        return _render(form), UNPROCESSABLE
    floor = (form.floor_label.data, form.floor_number.data) if form.floor_label.data else None
    try:
        with transaction() as session:
            moved = move_units(
                session,
                current_project_id(),
                actor=current_actor(),
                unit_ids=chosen_ids(session, form),
                building=form.building.data or None,
                section=form.section.data or None,
                floor=floor,
            )
    except DomainError as error:
        fill_problem(form, error)
        return _render(form), error.status
    flash(_("%(count)d units were placed.", count=len(moved)), "success")
    return redirect(url_for("inventory.doubts", code=code))


@bp.route("/p/<code>/doubts/confirm", methods=["POST"])
@requires(Permission.UNIT_EDIT)
def confirm(code: str) -> ResponseReturnValue:
    """Say that the labels of the chosen units were read rightly."""
    form = ChosenUnitsForm()
    place_form = PlaceForm()
    if not form.validate():
        return _render(place_form), UNPROCESSABLE
    try:
        with transaction() as session:
            units = confirm_label(
                session, current_project_id(), actor=current_actor(), unit_ids=chosen_ids(session, form)
            )
    except DomainError as error:
        fill_problem(place_form, error)
        return _render(place_form), error.status
    flash(_("%(count)d units were confirmed.", count=len(units)), "success")
    return redirect(url_for("inventory.doubts", code=code))


def _render(form: PlaceForm) -> str:
    project = current_project()
    statement = select_units(project.id, UnitFilter(is_doubtful=True))
    return render_template(
        "inventory/doubts.html",
        project=project,
        form=form,
        page=paginate(statement, page_number(request.args.get("page")), _PER_PAGE),
        count=count_doubts(db.session(), project.id),
        buildings=[building for building in list_buildings(db.session(), project.id) if building.name],
        ticked=set(form.unit_ids.data or []),
    )
