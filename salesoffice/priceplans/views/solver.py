"""Reaching a total value: which factors may move, what that would do, and doing it."""

from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from salesoffice.core.errors import DomainError
from salesoffice.core.permissions import Permission
from salesoffice.infra.db import db, transaction
from salesoffice.infra.i18n import _
from salesoffice.priceplans.documents.tables import describe_factor, format_figure, read_factor
from salesoffice.priceplans.enums import PlanMethod
from salesoffice.priceplans.forms import SolverForm, read_bounds
from salesoffice.priceplans.models import PricePlan
from salesoffice.priceplans.queries import PlanFacts, get_plan, load_facts
from salesoffice.priceplans.rules import FreeFactor, Solution
from salesoffice.priceplans.services import CellName, accept_solution, find_solution, moves_coefficient
from salesoffice.priceplans.views.blueprint import UNPROCESSABLE, bp
from salesoffice.projects.queries import current_project
from salesoffice.webkit.access import current_actor, current_project_id, requires
from salesoffice.webkit.forms import fill_problem, tidy_text

_USUAL_SHARE = 20
"""A coefficient may usually move by a twentieth."""

_USUAL_DIFFERENCE = 100_00


@dataclass(frozen=True)
class FreeLine:
    """A factor that could be freed: its name, where it stands, the bounds as typed."""

    name: str
    label: str
    house: str
    value: str
    is_free: bool
    lower: str
    upper: str


@dataclass(frozen=True)
class MovedLine:
    """A factor that the solution moves."""

    label: str
    house: str
    before: str
    after: str
    is_at_bound: bool


@bp.route("/p/<code>/plans/<int:plan_id>/solve", methods=["GET", "POST"])
@requires(Permission.PRICE_PLAN)
def solve(code: str, plan_id: int) -> ResponseReturnValue:
    """Find what reaches a total value; the button of the answer takes it over."""
    plan = get_plan(db.session(), current_project_id(), plan_id)
    facts = load_facts(db.session(), plan)
    lines = _list_lines(facts)
    form = SolverForm()
    solution: Solution | None = None
    status = 200
    if form.is_submitted():
        status = UNPROCESSABLE
        if form.validate():
            try:
                free = read_bounds([(line.name, line.lower, line.upper) for line in lines if line.is_free])
                if form.accept.data:
                    _accept(plan, form, free)
                    return redirect(url_for("priceplans.show", code=code, plan_id=plan_id))
                solution = find_solution(facts, target_total=form.total.data or 0, free=free)
                status = 200
            except DomainError as error:
                fill_problem(form, error)
                status = error.status
    form.revision.raw_data = None
    form.revision.data = plan.revision
    page = render_template(
        "priceplans/solve.html",
        project=current_project(),
        plan=plan,
        form=form,
        lines=lines,
        solution=solution,
        moved=_list_moved(facts, solution) if solution else (),
    )
    return page, status


def _accept(plan: PricePlan, form: SolverForm, free: list[FreeFactor]) -> None:
    with transaction() as session:
        accept_solution(
            session,
            plan,
            actor=current_actor(),
            revision=form.revision.data or 0,
            target_total=form.total.data or 0,
            free=free,
        )
    flash(_("The factors were moved. “Undo” takes it back."), "success")


def _list_lines(facts: PlanFacts) -> list[FreeLine]:
    """List the figures that the plan's method uses, with the bounds typed, else the usual ones."""
    houses = {place.building_id: place.building for place in facts.places}
    lines = []
    for factor in facts.factors:
        uses_coefficient = moves_coefficient(facts.terms.method, factor)
        if not uses_coefficient and (
            factor.difference is None or facts.terms.method is PlanMethod.COEFFICIENTS
        ):
            continue
        name = CellName(factor.kind, factor.building_id, factor.key, uses_coefficient).text
        value = read_factor(factor, is_coefficient=uses_coefficient) or 0
        room = value // _USUAL_SHARE if uses_coefficient else _USUAL_DIFFERENCE
        lines.append(
            FreeLine(
                name,
                describe_factor(factor, houses),
                houses.get(factor.building_id or 0, ""),
                format_figure(value, is_coefficient=uses_coefficient),
                request.form.get(f"free.{name}") is not None,
                _typed(f"lower.{name}", format_figure(value - room, is_coefficient=uses_coefficient)),
                _typed(f"upper.{name}", format_figure(value + room, is_coefficient=uses_coefficient)),
            )
        )
    return lines


def _typed(name: str, usual: str) -> str:
    return tidy_text(request.form.get(name, usual))


def _list_moved(facts: PlanFacts, solution: Solution) -> list[MovedLine]:
    houses = {place.building_id: place.building for place in facts.places}
    lines = []
    for moved in solution.moved:
        is_coefficient = moves_coefficient(facts.terms.method, moved.factor)
        before, after = (
            format_figure(
                int(value.scaleb(6)) if is_coefficient else int(value), is_coefficient=is_coefficient
            )
            for value in (moved.before, moved.after)
        )
        house = houses.get(moved.factor.building_id or 0, "")
        lines.append(
            MovedLine(describe_factor(moved.factor, houses), house, before, after, moved.is_at_bound)
        )
    return lines
