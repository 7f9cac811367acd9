"""Reaching a total: what would have to move, and moving it."""

from collections.abc import Sequence
from decimal import Decimal

from sqlalchemy.orm import Session

from salesoffice.core.permissions import Actor
from salesoffice.infra.solver import least_moves
from salesoffice.priceplans.enums import PlanMethod
from salesoffice.priceplans.models import PricePlan
from salesoffice.priceplans.queries import PlanFacts, load_facts
from salesoffice.priceplans.rules import Factor, FreeFactor, Solution, solve_plan
from salesoffice.priceplans.services.changes import change_plan, lock_plan
from salesoffice.priceplans.services.edits import CellName, PlanEdit


def find_solution(facts: PlanFacts, *, target_total: int, free: Sequence[FreeFactor]) -> Solution:
    """Find the smallest moves of the free factors that reach a sum of list totals (fen); writes nothing.

    Refuses what `solve_plan` refuses.
    """
    return solve_plan(
        facts.terms,
        facts.factors,
        facts.adjustments,
        facts.units,
        target_total=target_total,
        free=free,
        minimise=least_moves,
    )


def accept_solution(
    session: Session,
    plan: PricePlan,
    *,
    actor: Actor,
    revision: int,
    target_total: int,
    free: Sequence[FreeFactor],
) -> PricePlan:
    """Move the factors of a plan as the solution says, in one change that can be undone.

    The target of the plan is taken away: its base stands as it is, so that the total stays where it was put. Refused:
    PlanClosed, PlanChangedMeanwhile, and what the solver refuses.
    """
    plan = lock_plan(session, plan, revision)
    solution = find_solution(load_facts(session, plan), target_total=target_total, free=free)
    return change_plan(session, plan, actor=actor, revision=revision, edit=build_edit(plan.method, solution))


def moves_coefficient(method: PlanMethod, factor: Factor) -> bool:
    """Tell whether a free factor's coefficient is what moves; else it is its difference."""
    return factor.coefficient is not None and method is not PlanMethod.DIFFERENCES


def build_edit(method: PlanMethod, solution: Solution) -> PlanEdit:
    """Return the change that a solution stands for."""
    cells: dict[CellName, int | None] = {}
    for moved in solution.moved:
        factor = moved.factor
        is_coefficient = moves_coefficient(method, factor)
        value = moved.after * Decimal(1_000_000) if is_coefficient else moved.after
        cells[CellName(factor.kind, factor.building_id, factor.key, is_coefficient)] = int(value)
    return PlanEdit(cells=cells, terms={"target_price": None, "base_price": solution.base_price})
