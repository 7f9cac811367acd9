"""What the prices of a plan are counted from, as the rules want it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from sqlalchemy import select
from sqlalchemy.orm import Session

from salesoffice.priceplans.models import PlanAdjustment, PlanFactor, PricePlan
from salesoffice.priceplans.queries.units import (
    Limits,
    OldPrice,
    ScopeUnit,
    list_claimed_ids,
    list_limits,
    list_old_prices,
    list_scope_units,
)
from salesoffice.priceplans.rules import Factor, PlanResult, PlanTerms, PlanUnit, compute_plan

_NO_LIMITS = Limits(None, None)


@dataclass(frozen=True)
class PlanFacts:
    """A plan with everything its prices depend on, at one moment. `places` and `units` are in the same order."""

    terms: PlanTerms
    factors: tuple[Factor, ...]
    adjustments: Mapping[int, int]
    places: Sequence[ScopeUnit]
    units: Sequence[PlanUnit]
    old_prices: Mapping[int, OldPrice]
    claimed: frozenset[int]

    def compute(self) -> PlanResult:
        """Count all prices; refused where the plan cannot be counted (see the refusals of the rules)."""
        return compute_plan(self.terms, self.factors, self.adjustments, self.units)


def load_facts(session: Session, plan: PricePlan) -> PlanFacts:
    """Load what the prices of a plan are counted from, as it is now: units, areas, limits, claims, prices in force."""
    places = list_scope_units(session, plan)
    claimed = list_claimed_ids(session, plan.project_id)
    old_prices = list_old_prices(session, plan.project_id)
    limits = list_limits(session, plan.project_id)
    return PlanFacts(
        terms=build_terms(plan),
        factors=list_factors(session, plan.id),
        adjustments=list_adjustments(session, plan.id),
        places=places,
        units=build_units(places, limits, old_prices, claimed),
        old_prices=old_prices,
        claimed=frozenset(claimed),
    )


def build_units(
    places: Sequence[ScopeUnit],
    limits: Mapping[int, Limits],
    old_prices: Mapping[int, OldPrice],
    claimed: Collection[int],
) -> list[PlanUnit]:
    """Return units as the rules want them; a claimed one with the price in force, which it keeps."""
    return [
        _build_unit(
            place,
            limits.get(place.unit_id, _NO_LIMITS),
            old_prices.get(place.unit_id) if place.unit_id in claimed else None,
        )
        for place in places
    ]


def build_terms(plan: PricePlan) -> PlanTerms:
    """Return the head of a plan as the rules want it."""
    return PlanTerms(**{name: getattr(plan, name) for name in PlanTerms.__dataclass_fields__})


def list_factors(session: Session, plan_id: int) -> tuple[Factor, ...]:
    """List the factors of a plan."""
    columns = (
        PlanFactor.kind,
        PlanFactor.building_id,
        PlanFactor.key,
        PlanFactor.coefficient,
        PlanFactor.difference,
    )
    rows = session.execute(select(*columns).where(PlanFactor.plan_id == plan_id).order_by(PlanFactor.id))
    return tuple(Factor(*row) for row in rows)


def list_adjustments(session: Session, plan_id: int) -> dict[int, int]:
    """Return the adjustments of a plan (fen per m²) by unit id."""
    statement = select(PlanAdjustment.unit_id, PlanAdjustment.difference)
    return dict(session.execute(statement.where(PlanAdjustment.plan_id == plan_id)).all())


def _build_unit(place: ScopeUnit, limits: Limits, kept: OldPrice | None) -> PlanUnit:
    return PlanUnit(
        unit_id=place.unit_id,
        code=place.code,
        building_id=place.building_id,
        section=place.section,
        floor_number=place.floor_number,
        floor_label=place.floor_label,
        line=place.line,
        orientation=place.orientation,
        view=place.view,
        light=place.light,
        unit_type=place.unit_type,
        gross_area=_area(place.gross_area),
        inner_area=_area(place.inner_area),
        lower_total=limits.lower,
        upper_total=limits.upper,
        kept_total=kept.total if kept else None,
    )


@lru_cache(maxsize=8192)
def _area(hundredths: int | None) -> Decimal | None:
    return None if hundredths is None else Decimal(hundredths).scaleb(-2)
