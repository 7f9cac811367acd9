"""Legal overlays: the list, and placing and lifting them on a unit."""

from collections.abc import Mapping

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from salesoffice.core.errors import DomainError
from salesoffice.core.permissions import Permission
from salesoffice.infra.db import db, transaction
from salesoffice.infra.i18n import _
from salesoffice.inventory.enums import OverlayKind
from salesoffice.inventory.forms import LiftForm, OverlayForm
from salesoffice.inventory.models import Unit
from salesoffice.inventory.queries import (
    OverlayFilter,
    OverlayRow,
    get_overlay,
    get_unit,
    get_unit_by_code,
    list_overlays_of_unit,
    select_overlays,
)
from salesoffice.inventory.services import lift_overlay, place_overlay
from salesoffice.inventory.views.blueprint import UNPROCESSABLE, bp
from salesoffice.projects.queries import current_project
from salesoffice.webkit.access import current_actor, current_project_id, requires
from salesoffice.webkit.forms import fill_problem, tidy_text
from salesoffice.webkit.pager import page_number, paginate_rows

_PER_PAGE = 100
_STATES = {"open": True, "lifted": False, "all": None}


@bp.route("/p/<code>/overlays")
@requires(Permission.BOARD_VIEW)
def overlays(code: str) -> ResponseReturnValue:
    """List mortgages, seizures and restrictions by kind, state and words."""
    project, chosen = current_project(), _read_filter(request.args)
    page = paginate_rows(
        select_overlays(project.id, chosen), page_number(request.args.get("page")), _PER_PAGE
    )
    return render_template(
        "inventory/overlays.html",
        project=project,
        page=page,
        rows=[OverlayRow._make(row) for row in page.items],
        chosen=chosen,
        state=next(name for name, is_open in _STATES.items() if is_open is chosen.is_open),
        kinds=tuple(OverlayKind),
    )


@bp.route("/p/<code>/units/<unit_code>/overlays")
@requires(Permission.BOARD_VIEW)
def unit_overlays(code: str, unit_code: str) -> ResponseReturnValue:
    """Show what stands and stood on a unit."""
    unit = get_unit_by_code(db.session(), current_project_id(), unit_code)
    return _render(unit, OverlayForm(formdata=None))


@bp.route("/p/<code>/units/<unit_code>/overlays", methods=["POST"])
@requires(Permission.OVERLAY_EDIT)
def enter_overlay(code: str, unit_code: str) -> ResponseReturnValue:
    """Note an overlay on a unit."""
    unit = get_unit_by_code(db.session(), current_project_id(), unit_code)
    form = OverlayForm()
    is_valid = form.validate()
    kind, since_on = form.kind.data, form.since_on.data
    if not is_valid or kind is None or since_on is None:
        return _render(unit, form), UNPROCESSABLE
    try:
        with transaction() as session:
            place_overlay(
                session,
                unit,
                actor=current_actor(),
                kind=kind,
                since_on=since_on,
                reference=form.reference.data,
            )
    except DomainError as error:
        fill_problem(form, error)
        return _render(unit, form), error.status
    flash(_("Unit %(unit)s takes no new sale until this is lifted.", unit=unit_code), "success")
    return redirect(url_for("inventory.unit_overlays", code=code, unit_code=unit_code))


@bp.route("/p/<code>/overlays/<int:overlay_id>/lift", methods=["POST"])
@requires(Permission.OVERLAY_EDIT)
def lift(code: str, overlay_id: int) -> ResponseReturnValue:
    """Note that an overlay is lifted."""
    overlay = get_overlay(db.session(), current_project_id(), overlay_id)
    unit = get_unit(db.session(), overlay.unit_id)
    form = LiftForm()
    lifted_on = form.lifted_on.data if form.validate() else None
    if lifted_on is None:
        return _render(unit, OverlayForm(formdata=None), form), UNPROCESSABLE
    try:
        with transaction() as session:
            lift_overlay(
                session, overlay, actor=current_actor(), lifted_on=lifted_on, reason=form.reason.data
            )
    except DomainError as error:
        fill_problem(form, error)
        return _render(unit, OverlayForm(formdata=None), form), error.status
    flash(_("Lifted from unit %(unit)s.", unit=unit.code), "success")
    return redirect(url_for("inventory.unit_overlays", code=code, unit_code=unit.code))


def _read_filter(values: Mapping[str, str]) -> OverlayFilter:
    kinds = {kind.value: kind for kind in OverlayKind}
    return OverlayFilter(
        kind=kinds.get(values.get("kind", "")),
        is_open=_STATES.get(values.get("state", ""), True),
        q=tidy_text(values.get("q", ""))[:100],
    )


def _render(unit: Unit, form: OverlayForm, lift_form: LiftForm | None = None) -> str:
    project = current_project()
    return render_template(
        "inventory/unit_overlays.html",
        project=project,
        unit=unit,
        form=form,
        lift_form=lift_form or LiftForm(formdata=None),
        rows=list_overlays_of_unit(db.session(), unit.id),
        may_edit=current_actor().can(Permission.OVERLAY_EDIT, project.id),
    )
