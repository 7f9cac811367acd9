"""Plans and versions side by side: each as the prices of its units."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import Session

from salesoffice.core.errors import DomainError
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
    codes = {place.unit_id: place.code for place in places}
    scenarios += [
        _of_version(session, version, codes, priced if plans else codes.keys()) for version in versions
    ]
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


def _of_version(
    session: Session, version: PriceVersion, codes: Mapping[int, str], wanted: Collection[int]
) -> Scenario:
    statement = select(
        UnitPrice.unit_id,
        UnitPrice.basis,
        UnitPrice.gross_price,
        UnitPrice.inner_price,
        UnitPrice.list_total_amount,
    ).where(UnitPrice.version_id == version.id)
    rows = []
    for unit_id, basis, gross, inner, total in session.execute(statement):
        if unit_id in wanted and unit_id in codes:
            price = inner if basis is PriceBasis.INNER else gross
            rows.append(UnitResult(unit_id, codes[unit_id], price or total, None, total, None))
    name = _("Version %(number)s", number=version.number)
    return Scenario(name, _as_result(tuple(rows)))


def _as_result(rows: tuple[UnitResult, ...]) -> PlanResult:
    """Put the prices of a version into the shape of a plan's; only its rows are looked at."""
    return PlanResult(
        rows=rows,
        kept=(),
        unpriced=(),
        off_step=(),
        base=Fraction(0),
        total=sum(row.total for row in rows),
        area=Decimal(0),
        average=None,
        target_total=None,
        residual=0,
        rounding_moved=0,
        is_target_met=True,
        target_problem=None,
    )
