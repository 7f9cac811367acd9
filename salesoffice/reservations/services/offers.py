"""What a subscription agreement would cost, before it is signed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from salesoffice.core import clock
from salesoffice.deals.enums import NotFreeReason
from salesoffice.deals.queries import is_permitted
from salesoffice.deals.rules import UnitNotFree
from salesoffice.inventory.models import Unit
from salesoffice.payments.enums import PlanKind
from salesoffice.pricing.enums import PriceBasis
from salesoffice.pricing.models import UnitPrice
from salesoffice.pricing.rules import DiscountStep, StepResult
from salesoffice.projects.queries import get_project
from salesoffice.reservations.models import Hold
from salesoffice.reservations.rules import (
    check_signing_days,
    deposit_limit,
    price_deal,
    sign_by,
)
from salesoffice.reservations.services.holds import get_price


@dataclass(frozen=True)
class SubscriptionTerms:
    """What a buyer agrees to. `customer_ids` names the principal first; `deposit` in fen.

    Without `sign_by` it is the project's usual number of days after `signed_on`.
    """

    customer_ids: tuple[int, ...]
    plan: PlanKind
    deposit: int
    signed_on: date
    discounts: tuple[DiscountStep, ...] = ()
    sign_by: date | None = None


@dataclass(frozen=True)
class Offer:
    """The figures of a deal before it is signed; amounts in fen, `max_deposit` the largest deposit allowed."""

    price: UnitPrice
    list_total: int
    steps: tuple[StepResult, ...]
    total: int
    max_deposit: int
    sign_by: date


def build_offer(
    session: Session,
    unit: Unit,
    *,
    hold: Hold | None,
    signed_on: date,
    sign_by_day: date | None,
    discounts: Sequence[DiscountStep],
) -> Offer:
    """Work out price, deposit limit and last day for signing; a hold keeps the price that the customer was shown.

    Refused: `price_not_approved`, `permit_missing` (no permit on the day of signing), and what `price_deal` and
    `check_signing_days` refuse. Changes nothing.
    """
    project = get_project(session, unit.project_id)
    last_day = sign_by_day or sign_by(signed_on, project.sign_by_days)
    check_signing_days(signed_on, last_day, clock.business_today())
    if not is_permitted(session, unit, on=signed_on):
        raise UnitNotFree(NotFreeReason.PERMIT_MISSING)
    price = session.get_one(UnitPrice, hold.unit_price_id) if hold else get_price(session, unit)
    list_total = hold.list_total_amount if hold else price.list_total_amount
    inner = price.basis is PriceBasis.INNER and unit.inner_area is not None
    area = unit.inner_area if inner else unit.gross_area
    steps, total = price_deal(list_total, price.filed_total_amount, area, discounts)
    return Offer(price, list_total, steps, total, deposit_limit(total, project.max_deposit_rate), last_day)
