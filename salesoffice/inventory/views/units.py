"""The list of units with release and withhold for many; editing one."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from salesoffice.core.errors import DomainError
from salesoffice.core.permissions import Permission
from salesoffice.infra.db import db, transaction
from salesoffice.infra.i18n import _
from salesoffice.inventory.enums import Product, ReleaseState
from salesoffice.inventory.forms import ChosenUnitsForm, UnitForm, WithholdForm
from salesoffice.inventory.queries import (
    UnitFilter,
    get_unit_by_code,
    list_batches,
    list_buildings,
    list_orientations,
    list_unit_ids,
    list_unit_types,
    select_units,
)
from salesoffice.inventory.services import BulkResult, edit_unit, release_units, withhold_units
from salesoffice.inventory.views.blueprint import UNPROCESSABLE, bp
from salesoffice.projects.queries import current_project
from salesoffice.webkit.access import current_actor, current_project_id, requires
from salesoffice.webkit.addresses import read_id
from salesoffice.webkit.forms import BaseForm, Problem, fill_problem, tidy_text
from salesoffice.webkit.pager import page_number, paginate

_PER_PAGE = 100
_FILTERS = ("q", "building", "state", "type", "orientation", "product", "batch", "floor_from", "floor_to")
_FLOOR = re.compile(r"-?[0-9]{1,3}")


def read_filter(values: Mapping[str, str]) -> UnitFilter:
    """Read the filter of a list of units; what is no value of it is left open."""
    states = {state.value: state for state in ReleaseState}
    return UnitFilter(
        building_id=read_id(values.get("building", "")),
        release_state=states.get(values.get("state", "")),
        q=tidy_text(values.get("q", ""))[:100],
        is_doubtful=values.get("doubtful", "") == "1",
        type_id=read_id(values.get("type", "")),
        orientation=tidy_text(values.get("orientation", ""))[:20],
        product={product.value: product for product in Product}.get(values.get("product", "")),
        batch_id=read_id(values.get("batch", "")),
        lowest_floor=_read_floor(values.get("floor_from", "")),
        highest_floor=_read_floor(values.get("floor_to", "")),
    )


def filter_values(values: Mapping[str, str]) -> dict[str, Any]:
    """Return the entries of the filter that are filled in, as they go into addresses and hidden fields."""
    return {name: tidy_text(values[name])[:100] for name in _FILTERS if values.get(name, "").strip()}


def _read_floor(text: str) -> int | None:
    return int(text) if _FLOOR.fullmatch(text.strip()) else None


def chosen_ids(session: Session, form: ChosenUnitsForm) -> list[int]:
    """Return the ticked units, or all of the list's filter when the person asked for all."""
    if form.is_all.data:
        return list_unit_ids(session, current_project_id(), read_filter(request.form))
    return list(form.unit_ids.data or [])


@bp.route("/p/<code>/units")
@requires(Permission.BOARD_VIEW)
def units(code: str) -> ResponseReturnValue:
    """List units by building, state and words."""
    return _render_units(WithholdForm(formdata=None), request.args)


@bp.route("/p/<code>/units/release", methods=["POST"])
@requires(Permission.UNIT_RELEASE)
def release(code: str) -> ResponseReturnValue:
    """Release the chosen units."""
    form = ChosenUnitsForm()
    return _change(
        code,
        form,
        lambda session: release_units(
            session, current_project_id(), actor=current_actor(), unit_ids=chosen_ids(session, form)
        ),
    )


@bp.route("/p/<code>/units/withhold", methods=["POST"])
@requires(Permission.UNIT_WITHHOLD)
def withhold(code: str) -> ResponseReturnValue:
    """Withhold the chosen units."""
    form = WithholdForm()
    return _change(
        code,
        form,
        lambda session: withhold_units(
            session,
            current_project_id(),
            actor=current_actor(),
            unit_ids=chosen_ids(session, form),
            reason=form.reason.data or "",
            until=form.until.data,
            approved_by_id=form.approved_by_id.data,
        ),
    )


@bp.route("/p/<code>/units/<unit_code>/edit", methods=["GET", "POST"])
@requires(Permission.UNIT_EDIT)
def edit(code: str, unit_code: str) -> ResponseReturnValue:
    """Change the description of a unit."""
    unit = get_unit_by_code(db.session(), current_project_id(), unit_code)
    form = UnitForm.of_unit(unit)
    status = 200
    if form.is_submitted():
        status = UNPROCESSABLE
        if form.validate():
            try:
                with transaction() as session:
                    edit_unit(session, unit, actor=current_actor(), details=form.build_details())
            except DomainError as error:
                fill_problem(form, error)
                status = error.status
            else:
                flash(_("Unit %(unit)s was changed.", unit=unit_code), "success")
                return redirect(url_for("board.unit", code=code, unit_code=unit_code))
    return render_template("inventory/unit.html", project=current_project(), unit=unit, form=form), status


def _change(code: str, form: ChosenUnitsForm, act: Callable[[Session], BulkResult]) -> ResponseReturnValue:
    if not form.validate():
        return _render_units(form, request.form), UNPROCESSABLE
    try:
        with transaction() as session:
            result = act(session)
    except DomainError as error:
        fill_problem(form, error)
        return _render_units(form, request.form), error.status
    if result.refused:
        form.problem = Problem(
            _("%(count)d units were changed; these were not:", count=len(result.changed)),
            tuple(f"{unit}: {reason}" for unit, reason in result.refused),
        )
        return _render_units(form, request.form), 409
    flash(_("%(count)d units were changed.", count=len(result.changed)), "success")
    return redirect(url_for("inventory.units", code=code, **filter_values(request.form)))


def _render_units(form: BaseForm, values: Mapping[str, str]) -> str:
    project = current_project()
    chosen = read_filter(values)
    page = paginate(select_units(project.id, chosen), page_number(request.args.get("page")), _PER_PAGE)
    return render_template(
        "inventory/units.html",
        project=project,
        form=form,
        withhold_form=form if isinstance(form, WithholdForm) else WithholdForm(formdata=None),
        page=page,
        chosen=chosen,
        filters=filter_values(values),
        states=tuple(ReleaseState),
        products=tuple(Product),
        buildings=list_buildings(db.session(), project.id),
        types=[row[0] for row in list_unit_types(db.session(), project.id)],
        orientations=list_orientations(db.session(), project.id),
        batches=list_batches(db.session(), project.id),
        ticked=set(form.unit_ids.data or []) if isinstance(form, ChosenUnitsForm) else set(),
    )
