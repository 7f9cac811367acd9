"""Plans and versions side by side: each as the prices of its units."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import Session

from salesoffice.core.errors import DomainError
from salesoffice.core.money import unit_price_of
from salesoffice.infra.i18n import _
from salesoffice.priceplans.models import PricePlan
from salesoffice.priceplans.queries.facts import build_units, load_facts
from salesoffice.priceplans.queries.units import ScopeUnit, list_project_units
from salesoffice.priceplans.rules import PlanResult, PlanUnit, UnitResult
from salesoffice.pricing.enums import PriceBasis, PriceVersionState
from salesoffice.pricing.models import PriceVersion, UnitPrice


@dataclass(frozen=True)
class Scenario:
    """A plan or a version in a comparison; `result` None: the plan cannot be counted, `problem` says why."""

    name: str
    result: PlanResult | None
    adjusted: Collection[int] = ()
    problem: str = ""


@dataclass(frozen=True)
class Comparison:
    """Scenarios in the order asked for, and the units of the project."""

    scenarios: tuple[Scenario, ...]
    places: Sequence[ScopeUnit]
    units: Sequence[PlanUnit]

    @property
    def results(self) -> Mapping[str, PlanResult]:
        """The scenarios that can be counted, by name."""
        return {found.name: found.result for found in self.scenarios if found.result is not None}


def load_comparison(
    session: Session, project_id: int, plans: Sequence[PricePlan], versions: Sequence[PriceVersion]
) -> Comparison:
    """Load plans and versions to be compared. Beside plans a version counts only the units that the plans price."""
    places = list_project_units(session, project_id)
    scenarios = [_of_plan(session, plan) for plan in plans]
    priced = {row.unit_id for found in scenarios if found.result for row in found.result.rows}
    wanted = {place.unit_id: place for place in places if not plans or place.unit_id in priced}
    scenarios += [_of_version(session, version, wanted) for version in versions]
    return Comparison(tuple(scenarios), places, build_units(places, {}, {}, frozenset()))


def list_comparable_versions(session: Session, project_id: int) -> Sequence[PriceVersion]:
    """List the versions of a project that were not withdrawn, the newest first."""
    statement = (
        select(PriceVersion)
        .where(PriceVersion.project_id == project_id, PriceVersion.state != PriceVersionState.WITHDRAWN)
        .order_by(PriceVersion.number.desc())
    )
    return session.scalars(statement).all()


def _of_plan(session: Session, plan: PricePlan) -> Scenario:
    facts = load_facts(session, plan)
    try:
        return Scenario(plan.name, facts.compute(), facts.adjustments)
    except DomainError as error:
        return Scenario(plan.name, None, (), str(error.message))


def _of_version(session: Session, version: PriceVersion, wanted: Mapping[int, ScopeUnit]) -> Scenario:
    columns = (
        UnitPrice.unit_id,
        UnitPrice.basis,
        UnitPrice.gross_price,
        UnitPrice.inner_price,
        UnitPrice.list_total_amount,
    )
    rows = []
    area = measured = 0
    for unit_id, basis, gross, inner, total in session.execute(
        select(*columns).where(UnitPrice.version_id == version.id)
    ):
        place = wanted.get(unit_id)
        if place is not None:
            price = inner if basis is PriceBasis.INNER else gross
            rows.append(UnitResult(unit_id, place.code, price or total, None, total, None))
            area += place.gross_area or 0
            measured += total if place.gross_area else 0
    average = unit_price_of(measured, Decimal(area).scaleb(-2)) if area else None
    name = _("Version %(number)s", number=version.number)
    return Scenario(name, _as_result(tuple(rows), Decimal(area).scaleb(-2), average))


def _as_result(rows: tuple[UnitResult, ...], area: Decimal, average: int | None) -> PlanResult:
    """Put the prices of a version into the shape of a plan's; only its prices are looked at."""
    return PlanResult(
        rows=rows,
        kept=(),
        unpriced=(),
        off_step=(),
        base=Fraction(0),
        total=sum(row.total for row in rows),
        area=area,
        average=average,
        target_total=None,
        residual=0,
        rounding_moved=0,
        is_target_met=True,
        target_problem=None,
    )
