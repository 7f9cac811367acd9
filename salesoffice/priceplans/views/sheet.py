"""The page of a plan: factor tables, figures, the grid; changing figures and taking a change back."""

from collections.abc import Callable, Mapping

from flask import jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from salesoffice.core.errors import DomainError, FieldProblem, InvalidInput
from salesoffice.core.permissions import Permission
from salesoffice.infra.db import db, transaction
from salesoffice.infra.i18n import _l
from salesoffice.inventory.queries import list_buildings
from salesoffice.priceplans.documents.answer import build_answer, price_plan
from salesoffice.priceplans.documents.grid import build_grids, write_grid
from salesoffice.priceplans.documents.tables import build_tables
from salesoffice.priceplans.forms import RevisionForm, read_cells
from salesoffice.priceplans.models import PricePlan
from salesoffice.priceplans.queries import PlanFacts, find_undoer, get_plan, load_facts
from salesoffice.priceplans.services import PlanEdit, change_plan, undo_change
from salesoffice.priceplans.views.blueprint import bp
from salesoffice.projects.queries import current_project
from salesoffice.webkit.access import current_actor, current_project_id, requires
from salesoffice.webkit.api import problem_from_domain
from salesoffice.webkit.forms import BaseForm, Problem, tidy_text

CELL = "cell."
"""What the names of figures begin with when a form sends them."""

_NEW_STEP = "new_step"


@bp.route("/p/<code>/plans/<int:plan_id>")
@requires(Permission.PRICE_PLAN_VIEW)
def show(code: str, plan_id: int) -> ResponseReturnValue:
    """Show a plan: its figures, factor tables and prices."""
    return render_plan(get_plan(db.session(), current_project_id(), plan_id))


@bp.route("/p/<code>/plans/<int:plan_id>/cells", methods=["POST"])
@requires(Permission.PRICE_PLAN)
def change(code: str, plan_id: int) -> ResponseReturnValue:
    """Set figures of the factor tables; scripts get the new prices as JSON."""
    plan = get_plan(db.session(), current_project_id(), plan_id)
    typed = _read_typed()

    def act(session: Session, revision: int) -> None:
        houses = {str(house.id): house.name for house in list_buildings(session, plan.project_id)}
        edit = PlanEdit(cells=read_cells(typed, houses))
        change_plan(session, plan, actor=current_actor(), revision=revision, edit=edit)

    return apply_change(plan, RevisionForm(), act, typed)


@bp.route("/p/<code>/plans/<int:plan_id>/undo", methods=["POST"])
@requires(Permission.PRICE_PLAN)
def undo(code: str, plan_id: int) -> ResponseReturnValue:
    """Take back one's last change of the plan."""
    plan = get_plan(db.session(), current_project_id(), plan_id)

    def act(session: Session, revision: int) -> None:
        undo_change(session, plan, actor=current_actor(), revision=revision)

    return apply_change(plan, RevisionForm(), act)


def apply_change(
    plan: PricePlan,
    form: BaseForm,
    act: Callable[[Session, int], None],
    typed: Mapping[str, str] | None = None,
    show_refusal: Callable[[DomainError], str] | None = None,
) -> ResponseReturnValue:
    """Change a plan in one transaction and answer: JSON for scripts, else the page again or the refusal on it.

    `typed` are the figures sent, for the plan's page; `show_refusal` renders another page with the refusal.
    """
    try:
        if not form.validate():
            raise _refuse_form(form)
        with transaction() as session:
            act(session, form["revision"].data)
    except DomainError as error:
        if _wants_json():
            return problem_from_domain(error)
        if show_refusal is not None:
            return show_refusal(error), error.status
        problem = Problem(error.message, tuple(problem.message for problem in error.errors))
        return render_plan(
            get_plan(db.session(), plan.project_id, plan.id), problem, typed or {}
        ), error.status
    if _wants_json():
        priced = price_plan(plan, load_facts(db.session(), plan))
        return jsonify(
            build_answer(priced, can_undo=_can_undo(plan), building_id=_read_building(priced.facts))
        )
    code = current_project().code
    building = request.values.get("building", type=int)
    return redirect(url_for("priceplans.show", code=code, plan_id=plan.id, building=building))


def render_plan(
    plan: PricePlan, problem: Problem | None = None, typed: Mapping[str, str] | None = None
) -> str:
    """Render the page of a plan; `typed` are figures that were refused."""
    project, actor = current_project(), current_actor()
    priced = price_plan(plan, load_facts(db.session(), plan))
    address = url_for("priceplans.units", code=project.code, plan_id=plan.id) + "/"
    building_id = _read_building(priced.facts)
    return render_template(
        "priceplans/show.html",
        project=project,
        plan=plan,
        priced=priced,
        problem=problem,
        typed=typed or {},
        tables=build_tables(priced.facts, building_id),
        houses=_list_houses(priced.facts),
        building_id=building_id,
        grids=[write_grid(grid, priced.cells, address) for grid in build_grids(priced.facts.places)],
        can_edit=plan.is_open and actor.can(Permission.PRICE_PLAN, project.id),
        can_undo=_can_undo(plan),
    )


def _refuse_form(form: BaseForm) -> InvalidInput:
    problems = [
        FieldProblem(str(name), message) for name, messages in form.errors.items() for message in messages
    ]
    return InvalidInput(_l("Nothing was saved. Reload the page and try again."), problems)


def _read_typed() -> dict[str, str]:
    """Return the figures that the form sent by their names, with a new floor step put in."""
    typed = {
        tidy_text(name.removeprefix(CELL)): tidy_text(text)
        for name, text in request.form.items()
        if name.startswith(CELL)
    }
    floor = tidy_text(request.form.get(_NEW_STEP, ""))
    if floor:
        house = request.form.get("building", 0, type=int)
        for column in ("c", "d"):
            text = tidy_text(request.form.get(f"{_NEW_STEP}.{column}", ""))
            if text:
                typed[f"floor_step.{house}.{floor}.{column}"] = text
    return typed


def _wants_json() -> bool:
    return request.accept_mimetypes.best == "application/json"


def _can_undo(plan: PricePlan) -> bool:
    undoer = find_undoer(db.session(), plan.id)
    return plan.is_open and undoer is not None and undoer == current_actor().id


def _list_houses(facts: PlanFacts) -> dict[int, str]:
    return {place.building_id: place.building for place in facts.places}


def _read_building(facts: PlanFacts) -> int | None:
    """Return the building whose own factors are shown; None: those of all buildings."""
    asked = request.values.get("building", type=int)
    return asked if asked in _list_houses(facts) else None
