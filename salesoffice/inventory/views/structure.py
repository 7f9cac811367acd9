"""Phases and buildings; unit types and their floor plans."""

import io

from flask import flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import FileStorage

from salesoffice.core.errors import DomainError, NotFound
from salesoffice.core.permissions import Permission
from salesoffice.infra.db import db, transaction
from salesoffice.infra.files import get_file, read_file
from salesoffice.infra.i18n import _, _l
from salesoffice.inventory.forms import PhaseForm, PlainForm, SectionForm, UnitTypeForm
from salesoffice.inventory.queries import (
    count_buildings,
    get_building,
    get_phase,
    get_section,
    get_unit_type,
    list_phases,
    list_sections,
    list_unit_types,
)
from salesoffice.inventory.services import (
    add_phase,
    assign_phase,
    describe_unit_type,
    set_floor_plan,
    set_section_plan,
)
from salesoffice.inventory.views.blueprint import UNPROCESSABLE, bp
from salesoffice.projects.queries import current_project
from salesoffice.webkit.access import current_actor, current_project_id, requires
from salesoffice.webkit.addresses import read_id
from salesoffice.webkit.forms import fill_problem


@bp.route("/p/<code>/buildings")
@requires(Permission.BOARD_VIEW)
def buildings(code: str) -> ResponseReturnValue:
    """List the buildings with their phases and numbers of units."""
    return _render_buildings(PhaseForm(formdata=None))


@bp.route("/p/<code>/phases", methods=["POST"])
@requires(Permission.UNIT_EDIT)
def enter_phase(code: str) -> ResponseReturnValue:
    """Add a phase."""
    form = PhaseForm()
    if not form.validate():
        return _render_buildings(form), UNPROCESSABLE
    with transaction() as session:
        add_phase(session, current_project_id(), actor=current_actor(), name=form.name.data)
    return redirect(url_for("inventory.buildings", code=code))


@bp.route("/p/<code>/buildings/<int:building_id>/phase", methods=["POST"])
@requires(Permission.UNIT_EDIT)
def choose_phase(code: str, building_id: int) -> ResponseReturnValue:
    """Say to which phase a building belongs."""
    building = get_building(db.session(), current_project_id(), building_id)
    chosen = request.form.get("phase_id")
    if chosen is None or not PlainForm().validate():
        return redirect(url_for("inventory.buildings", code=code))
    phase = get_phase(db.session(), current_project_id(), read_id(chosen) or 0) if chosen else None
    with transaction() as session:
        assign_phase(session, building, actor=current_actor(), phase=phase)
    flash(_("Building %(building)s was changed.", building=building.name), "success")
    return redirect(url_for("inventory.buildings", code=code))


@bp.route("/p/<code>/unit-types")
@requires(Permission.BOARD_VIEW)
def types(code: str) -> ResponseReturnValue:
    """List the unit types with their floor plans."""
    project = current_project()
    return render_template(
        "inventory/types.html", project=project, rows=list_unit_types(db.session(), project.id)
    )


@bp.route("/p/<code>/unit-types/<int:type_id>", methods=["GET", "POST"])
@requires(Permission.UNIT_EDIT)
def unit_type(code: str, type_id: int) -> ResponseReturnValue:
    """Describe a unit type and give it a floor plan."""
    found = get_unit_type(db.session(), current_project_id(), type_id)
    form = UnitTypeForm(obj=found)
    status = 200
    if form.is_submitted():
        status = UNPROCESSABLE
        if form.validate():
            try:
                _save_type(form, type_id)
            except DomainError as error:
                fill_problem(form, error)
                status = error.status
            else:
                flash(_("Unit type %(name)s was changed.", name=found.name), "success")
                return redirect(url_for("inventory.types", code=code))
    return render_template(
        "inventory/type.html", project=current_project(), unit_type=found, form=form
    ), status


@bp.route("/p/<code>/unit-types/<int:type_id>/floor-plan")
@requires(Permission.BOARD_VIEW)
def floor_plan(code: str, type_id: int) -> ResponseReturnValue:
    """Show the picture of a unit type's floor plan."""
    found = get_unit_type(db.session(), current_project_id(), type_id)
    if found.floor_plan_id is None:
        raise NotFound(_l("There is no floor plan of this unit type yet."))
    return _send_picture(found.floor_plan_id)


@bp.route("/p/<code>/sections/<int:section_id>", methods=["GET", "POST"])
@requires(Permission.UNIT_EDIT)
def section(code: str, section_id: int) -> ResponseReturnValue:
    """Give a section the plan of its usual floor."""
    found = get_section(db.session(), current_project_id(), section_id)
    form, status = SectionForm(), 200
    if form.is_submitted():
        status = UNPROCESSABLE
        if form.validate():
            try:
                _save_section(form, section_id)
            except DomainError as error:
                fill_problem(form, error)
                status = error.status
            else:
                flash(_("The floor plan was kept."), "success")
                return redirect(url_for("inventory.buildings", code=code))
    return render_template(
        "inventory/section.html", project=current_project(), section=found, form=form
    ), status


@bp.route("/p/<code>/sections/<int:section_id>/floor-plan")
@requires(Permission.BOARD_VIEW)
def section_plan(code: str, section_id: int) -> ResponseReturnValue:
    """Show the picture of a section's floor plan."""
    found = get_section(db.session(), current_project_id(), section_id)
    if found.floor_plan_id is None:
        raise NotFound(_l("There is no floor plan of this section yet."))
    return _send_picture(found.floor_plan_id)


def _send_picture(file_id: int) -> ResponseReturnValue:
    stored = get_file(db.session(), file_id)
    response = send_file(io.BytesIO(read_file(stored)), stored.media_type)
    response.headers["Cache-Control"] = "private, max-age=300"
    return response


def _save_section(form: SectionForm, section_id: int) -> None:
    file = form.file.data
    data = file.read() if isinstance(file, FileStorage) and file.filename else b""
    with transaction() as session:
        found = get_section(session, current_project_id(), section_id)
        set_section_plan(
            session, found, actor=current_actor(), data=data, file_name=file.filename or "" if data else ""
        )


def _save_type(form: UnitTypeForm, type_id: int) -> None:
    file = form.file.data
    data = file.read() if isinstance(file, FileStorage) and file.filename else b""
    with transaction() as session:
        found = get_unit_type(session, current_project_id(), type_id)
        if data:
            set_floor_plan(session, found, actor=current_actor(), data=data, file_name=file.filename or "")
        describe_unit_type(session, found, actor=current_actor(), layout=form.layout.data or "")


def _render_buildings(form: PhaseForm) -> str:
    project = current_project()
    return render_template(
        "inventory/buildings.html",
        project=project,
        form=form,
        rows=count_buildings(db.session(), project.id),
        sections=list_sections(db.session(), project.id),
        phases=list_phases(db.session(), project.id),
    )
