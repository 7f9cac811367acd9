"""Areas in their editions, and the check of a final survey by a second person."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from salesoffice.core.errors import DomainError
from salesoffice.core.permissions import Permission
from salesoffice.infra.db import db, transaction
from salesoffice.infra.i18n import _
from salesoffice.inventory.enums import AreaEdition
from salesoffice.inventory.forms import AreasForm, SurveyForm
from salesoffice.inventory.queries import (
    count_survey,
    get_building,
    get_unit_by_code,
    list_editions,
    list_survey,
    list_waiting_areas,
)
from salesoffice.inventory.services import check_areas, enter_areas, refuse_areas
from salesoffice.inventory.views.blueprint import UNPROCESSABLE, bp
from salesoffice.projects.queries import current_project
from salesoffice.webkit.access import current_actor, current_project_id, requires
from salesoffice.webkit.forms import fill_problem


@bp.route("/p/<code>/units/<unit_code>/areas", methods=["GET", "POST"], endpoint="enter_areas")
@requires(Permission.UNIT_EDIT)
def enter_areas_of_unit(code: str, unit_code: str) -> ResponseReturnValue:
    """Enter one edition of a unit's areas."""
    unit = get_unit_by_code(db.session(), current_project_id(), unit_code)
    editions = list_editions(db.session(), unit)
    form, status = AreasForm(), 200
    if not form.is_submitted():
        wanted = request.args.get("edition", AreaEdition.FINAL.value)
        form = AreasForm.of_edition(next((row for row in editions if row.edition == wanted), editions[-1]))
    else:
        status = UNPROCESSABLE
        edition = form.edition.data if form.validate() else None
        if edition is not None:
            try:
                with transaction() as session:
                    enter_areas(
                        session,
                        unit,
                        actor=current_actor(),
                        edition=edition,
                        draft=form.build_draft(),
                        surveyor=form.surveyor.data or "",
                        surveyed_on=form.surveyed_on.data,
                        source=form.source.data or "",
                    )
            except DomainError as error:
                fill_problem(form, error)
                status = error.status
            else:
                flash(_("The areas of unit %(unit)s were entered.", unit=unit_code), "success")
                return redirect(url_for("board.unit", code=code, unit_code=unit_code))
    return render_template(
        "inventory/areas.html", project=current_project(), unit=unit, form=form, editions=editions
    ), status


@bp.route("/p/<code>/surveys")
@requires(Permission.BOARD_VIEW)
def surveys(code: str) -> ResponseReturnValue:
    """List the buildings with how far their final survey has come."""
    project = current_project()
    return render_template(
        "inventory/surveys.html", project=project, rows=count_survey(db.session(), project.id)
    )


@bp.route("/p/<code>/buildings/<int:building_id>/survey")
@requires(Permission.BOARD_VIEW)
def survey(code: str, building_id: int) -> ResponseReturnValue:
    """Compare the final survey of a building with the pre-sale one."""
    return _render(building_id, SurveyForm(formdata=None))


@bp.route("/p/<code>/buildings/<int:building_id>/survey/check", methods=["POST"])
@requires(Permission.AREA_CHECK)
def check_survey(code: str, building_id: int) -> ResponseReturnValue:
    """Confirm chosen rows, or all of the building that another person entered."""
    form = SurveyForm()
    if not form.validate():
        return _render(building_id, form), UNPROCESSABLE
    try:
        with transaction() as session:
            checked = check_areas(
                session,
                current_project_id(),
                actor=current_actor(),
                area_ids=_read_rows(building_id, form),
            )
    except DomainError as error:
        fill_problem(form, error)
        return _render(building_id, form), error.status
    flash(_("The final areas of %(count)d units are confirmed.", count=len(checked)), "success")
    return redirect(url_for("inventory.survey", code=code, building_id=building_id))


@bp.route("/p/<code>/buildings/<int:building_id>/survey/refuse", methods=["POST"])
@requires(Permission.AREA_CHECK)
def refuse_survey(code: str, building_id: int) -> ResponseReturnValue:
    """Refuse chosen rows with a reason."""
    form = SurveyForm()
    if not form.validate():
        return _render(building_id, form), UNPROCESSABLE
    try:
        with transaction() as session:
            refused = refuse_areas(
                session,
                current_project_id(),
                actor=current_actor(),
                area_ids=_read_rows(building_id, form),
                reason=form.reason.data or "",
            )
    except DomainError as error:
        fill_problem(form, error)
        return _render(building_id, form), error.status
    flash(_("The final areas of %(count)d units are refused.", count=len(refused)), "success")
    return redirect(url_for("inventory.survey", code=code, building_id=building_id))


def _read_rows(building_id: int, form: SurveyForm) -> list[int]:
    """Return the ticked rows, or all that wait; of these, those of others where there are any."""
    if not form.is_all.data:
        return list(form.area_ids.data or [])
    building = get_building(db.session(), current_project_id(), building_id)
    waiting = list_waiting_areas(db.session(), building.id)
    others = [row.id for row in waiting if row.entered_by_id != current_actor().id]
    return others or [row.id for row in waiting]


def _render(building_id: int, form: SurveyForm) -> str:
    project = current_project()
    building = get_building(db.session(), project.id, building_id)
    rows = list_survey(db.session(), building.id)
    return render_template(
        "inventory/survey.html",
        project=project,
        building=building,
        form=form,
        rows=rows,
        waiting=[row for row in rows if row.is_waiting],
        ticked=set(form.area_ids.data or []),
        may_check=current_actor().can(Permission.AREA_CHECK, project.id),
    )
