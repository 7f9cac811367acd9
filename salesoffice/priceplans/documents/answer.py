"""What the plan page shows of the prices: the figures on top, every cell of the grid; also as the answer to a change."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from salesoffice.core.errors import DomainError
from salesoffice.core.money import format_yuan, rate_of, unit_price_of
from salesoffice.priceplans.documents.grid import NO_PRICE, Cell, build_cells
from salesoffice.priceplans.documents.tables import build_tables
from salesoffice.priceplans.enums import FactorKind
from salesoffice.priceplans.models import PricePlan
from salesoffice.priceplans.queries import PlanFacts
from salesoffice.priceplans.rules import PlanResult
from salesoffice.priceplans.rules.tables import FactorTables
from salesoffice.pricing.enums import PriceBasis
from salesoffice.webkit.filters import NOTHING

_STEP_KINDS = (FactorKind.FLOOR_STEP, FactorKind.FLOOR, FactorKind.LINE, FactorKind.ORIENTATION)


@dataclass(frozen=True)
class PricedPlan:
    """A plan with its prices, or with the reason why it cannot be counted."""

    plan: PricePlan
    facts: PlanFacts
    result: PlanResult | None
    problem: str
    cells: Mapping[int, Cell]

    @property
    def figures(self) -> dict[str, str]:
        """The texts of the figures on top, by name."""
        return build_figures(self.plan, self.facts, self.result)


def price_plan(plan: PricePlan, facts: PlanFacts) -> PricedPlan:
    """Count the prices of a plan; a plan that cannot be counted says why."""
    try:
        result = facts.compute()
    except DomainError as error:
        return PricedPlan(plan, facts, None, str(error.message), {})
    problem = str(result.target_problem.label) if result.target_problem else ""
    return PricedPlan(plan, facts, result, problem, build_cells(result, facts.adjustments))


def build_figures(plan: PricePlan, facts: PlanFacts, result: PlanResult | None) -> dict[str, str]:
    """Return the texts of the figures on top of a plan; dashes where it cannot be counted."""
    figures = dict.fromkeys(
        ("total", "average", "net_average", "base", "residual", "rounding_moved", "bound", "kept", "unpriced",
         "adjusted", "count", "area", "steps", "target_total"),
        NOTHING,
    )  # fmt: skip
    figures["target"] = _money(plan.target_price)
    figures["adjusted"] = str(len(facts.adjustments))
    if result is None:
        return figures
    net = unit_price_of(rate_of(result.total, plan.blended_discount), result.area) if result.area else None
    return figures | {
        "total": _money(result.total),
        "average": _money(result.average),
        "net_average": _money(net),
        "base": _money(round(result.base)),
        "target_total": _money(result.target_total),
        "residual": _signed(result.residual),
        "rounding_moved": _signed(result.rounding_moved),
        "bound": str(sum(row.bound is not None for row in result.rows)),
        "kept": str(len(result.kept)),
        "unpriced": str(len(result.unpriced)),
        "count": str(len(result.rows)),
        "area": str(len(result.rows)) if plan.basis is PriceBasis.UNIT else f"{result.area:,.2f}",
        "steps": _signed(_average_step(facts, result)),
    }


def build_answer(priced: PricedPlan, *, can_undo: bool, building_id: int | None = None) -> dict[str, Any]:
    """Build the JSON answer to a change: figures, cells in the order of the units, factor tables as they are now."""
    return {
        "revision": priced.plan.revision,
        "problem": priced.problem,
        "can_undo": can_undo,
        "figures": priced.figures,
        "units": [place.unit_id for place in priced.facts.places],
        "cells": [priced.cells.get(place.unit_id, NO_PRICE) for place in priced.facts.places],
        "factors": {
            figure.name: figure.text
            for table in build_tables(priced.facts, building_id)
            for row in table.rows
            for figure in row.figures
        },
    }


def _average_step(facts: PlanFacts, result: PlanResult) -> int:
    """Return what floors, positions and orientations add to a unit price on average (fen): near 0 is usual."""
    tables = FactorTables(facts.terms, facts.factors)
    priced = {row.unit_id for row in result.rows}
    known: dict[tuple[object, ...], int] = {}
    total = 0
    for unit in facts.units:
        if unit.unit_id in priced:
            place = (
                unit.building_id,
                unit.section,
                unit.floor_number,
                unit.floor_label,
                unit.line,
                unit.orientation,
            )
            if place not in known:
                known[place] = sum(tables.effect(kind, unit).difference for kind in _STEP_KINDS)
            total += known[place]
    return total // len(priced) if priced else 0


def _money(fen: int | None) -> str:
    return NOTHING if fen is None else format_yuan(fen)


def _signed(fen: int) -> str:
    return f"+{format_yuan(fen)}" if fen > 0 else format_yuan(fen)
