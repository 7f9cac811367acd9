"""Making a whole building by rule: entries, preview, confirmation."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from salesoffice.core.errors import DomainError
from salesoffice.core.permissions import Permission
from salesoffice.core.text import natural_key
from salesoffice.infra.db import db, transaction
from salesoffice.infra.i18n import _
from salesoffice.inventory.forms import GenerationForm
from salesoffice.inventory.queries import find_building_ids, list_unit_types
from salesoffice.inventory.rules import UnitDraftRow
from salesoffice.inventory.services import GenerationPlan, generate_building, plan_building
from salesoffice.inventory.views.blueprint import UNPROCESSABLE, bp
from salesoffice.projects.queries import current_project
from salesoffice.webkit.access import current_actor, current_project_id, requires
from salesoffice.webkit.forms import Problem


@dataclass(frozen=True)
class PreviewSection:
    """A section of the preview: titles of its columns, and from the top floor down (label, number, units by column)."""

    name: str
    columns: tuple[str, ...]
    floors: tuple[tuple[str, int, tuple[UnitDraftRow | None, ...]], ...]


@bp.route("/p/<code>/buildings/new", methods=["GET", "POST"])
@requires(Permission.UNIT_EDIT)
def generate(code: str) -> ResponseReturnValue:
    """Enter a building by rule, look at the units it makes, make them."""
    form = GenerationForm()
    if not form.is_submitted():
        return _render(form)
    wanted = request.form.get("do", "preview")
    if wanted == "rows":
        form.add_rows()
        return _render(form)
    if not form.validate():
        return _render(form), UNPROCESSABLE
    if wanted == "make":
        return _make(code, form)
    try:
        return _render(form, plan_building(db.session(), current_project_id(), form.build_spec()))
    except DomainError as error:
        _fill(form, error)
        return _render(form), error.status


def _make(code: str, form: GenerationForm) -> ResponseReturnValue:
    spec, shown = form.build_spec(), form.shown.data or ""
    try:
        with transaction() as session:
            plan = generate_building(
                session, current_project_id(), actor=current_actor(), spec=spec, shown=shown
            )
    except DomainError as error:
        _fill(form, error)
        if error.code != "preview_outdated":
            return _render(form), error.status
        return _render(form, plan_building(db.session(), current_project_id(), spec)), error.status
    flash(
        _("%(count)d units of %(building)s were made.", count=len(plan.rows), building=spec.building),
        "success",
    )
    found = find_building_ids(db.session(), current_project_id(), [spec.building])
    return redirect(url_for("inventory.units", code=code, building=found[0]))


def _fill(form: GenerationForm, error: DomainError) -> None:
    rest = []
    for problem in error.errors:
        field = form.find_field(problem)
        if field is None:
            rest.append(problem.message)
        else:
            field.errors = [*field.errors, problem.message]
    form.problem = Problem(error.message, tuple(rest))


def _render(form: GenerationForm, plan: GenerationPlan | None = None) -> str:
    project = current_project()
    return render_template(
        "inventory/generate.html",
        project=project,
        form=form,
        plan=plan,
        sections=_lay_out(plan.rows) if plan else (),
        types=[row[0].name for row in list_unit_types(db.session(), project.id)],
    )


def _lay_out(rows: Sequence[UnitDraftRow]) -> tuple[PreviewSection, ...]:
    """Lay the units out like the board: basements apart where they share no line with the floors above."""
    found = []
    for name in dict.fromkeys(row.section for row in rows):
        for is_below in (False, True):
            part = [row for row in rows if row.section == name and (row.floor_number <= 0) is is_below]
            if part:
                found.append(_lay_out_section(name, part))
    return tuple(found)


def _lay_out_section(name: str, rows: Sequence[UnitDraftRow]) -> PreviewSection:
    columns = tuple(sorted({row.line for row in rows}, key=natural_key))
    floors: dict[tuple[str, int], dict[str, UnitDraftRow]] = {}
    for row in rows:
        floors.setdefault((row.floor_label, row.floor_number), {})[row.line] = row
    return PreviewSection(
        name,
        columns,
        tuple(
            (label, number, tuple(cells.get(column) for column in columns))
            for (label, number), cells in floors.items()
        ),
    )
