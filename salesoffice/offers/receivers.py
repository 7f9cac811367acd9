"""What offers tell features further right: the detail sheet shows the price under each payment plan."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from salesoffice.core import clock
from salesoffice.core.errors import DomainError
from salesoffice.inventory.models import Unit
from salesoffice.offers.enums import DiscountSource
from salesoffice.offers.queries import list_schemes, to_rule
from salesoffice.offers.rules import Scheme, choose_steps, is_usable
from salesoffice.payments.enums import PlanKind
from salesoffice.pricing.rules import apply_discounts
from salesoffice.pricing.signals import PlanColumn, tells_plan_prices


@tells_plan_prices
def tell_plan_prices(session: Session, project_id: int, totals: Mapping[int, int]) -> Sequence[PlanColumn]:
    """Give a column for each payment plan that has discounts of its own today (stackable ones, in their order).

    A unit whose price the discounts cannot be applied to (no area for one per m², nothing left) is left out.
    """
    rules = [
        to_rule(scheme)
        for scheme in list_schemes(session, project_id)
        if scheme.source is DiscountSource.PAYMENT and scheme.is_stackable
    ]
    if not rules:
        return ()
    areas = dict(session.execute(select(Unit.id, Unit.gross_area).where(Unit.project_id == project_id)).all())
    columns = []
    for plan in PlanKind:
        chosen = [rule for rule in rules if is_usable(rule, plan=plan, on=clock.business_today())]
        if chosen:
            priced = (
                (unit_id, _discount(total, areas.get(unit_id), chosen, plan))
                for unit_id, total in totals.items()
            )
            found = {unit_id: amount for unit_id, amount in priced if amount is not None}
            columns.append(PlanColumn(str(plan.label), found))
    return columns


def _discount(total: int, area: Decimal | None, schemes: Sequence[Scheme], plan: PlanKind) -> int | None:
    try:
        steps = choose_steps(schemes, plan=plan, on=clock.business_today(), list_total=total, area=area)
        return apply_discounts(total, area or Decimal(0), steps)[-1].after
    except DomainError:
        return None
