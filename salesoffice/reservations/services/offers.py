"""What a subscription agreement would cost, before it is signed."""

from dataclasses import dataclass, replace
from datetime import date
from typing import NamedTuple

from sqlalchemy.orm import Session

from salesoffice.core import clock
from salesoffice.core.errors import DomainError
from salesoffice.core.permissions import Actor
from salesoffice.deals.enums import NotFreeReason
from salesoffice.deals.queries import is_permitted
from salesoffice.deals.rules import NotAnAccessory, UnitNotFree
from salesoffice.inventory.enums import ACCESSORY_PRODUCTS
from salesoffice.inventory.models import Unit
from salesoffice.offers.models import DiscountScheme
from salesoffice.offers.queries import get_schemes, to_rule
from salesoffice.offers.rules import DiscountNotAllowed, choose_steps
from salesoffice.offers.services import Grant, check_discount
from salesoffice.payments.enums import PlanKind
from salesoffice.pricing.enums import PriceBasis
from salesoffice.pricing.models import UnitPrice
from salesoffice.pricing.queries import find_limits
from salesoffice.pricing.rules import (
    BelowFloorPrice,
    DiscountStep,
    Limits,
    PriceLayers,
    StepResult,
    check_price_layers,
)
from salesoffice.projects.queries import get_project
from salesoffice.reservations.models import Keeping
from salesoffice.reservations.rules import (
    check_signing_days,
    deposit_limit,
    price_deal,
    sign_by,
)
from salesoffice.reservations.services.opening import get_price


@dataclass(frozen=True)
class PriceTerms:
    """What decides the price of a deal: discount schemes by id, then free steps in their order.

    `offer_id` names the offer it is signed from; without a plan, schemes are not judged by it.
    """

    signed_on: date
    sign_by: date | None = None
    plan: PlanKind | None = None
    discounts: tuple[DiscountStep, ...] = ()
    scheme_ids: tuple[int, ...] = ()
    offer_id: int | None = None
    customer_ids: tuple[int, ...] = ()
    accessory_ids: tuple[int, ...] = ()


@dataclass(frozen=True)
class SubscriptionTerms:
    """What a buyer agrees to. `customer_ids` names the principal first; `deposit` in fen.

    Without `sign_by` it is the project's usual number of days after `signed_on`. `scheme_ids` are discount schemes,
    applied before `discounts`; `offer_id` is the offer it is signed from; `accessory_ids` are
    units sold with the flat at their list price.
    """

    customer_ids: tuple[int, ...]
    plan: PlanKind
    deposit: int
    signed_on: date
    discounts: tuple[DiscountStep, ...] = ()
    sign_by: date | None = None
    scheme_ids: tuple[int, ...] = ()
    offer_id: int | None = None
    accessory_ids: tuple[int, ...] = ()

    @property
    def price_terms(self) -> PriceTerms:
        """What of it decides the price."""
        return PriceTerms(
            signed_on=self.signed_on,
            sign_by=self.sign_by,
            plan=self.plan,
            discounts=self.discounts,
            scheme_ids=self.scheme_ids,
            offer_id=self.offer_id,
            customer_ids=self.customer_ids,
            accessory_ids=self.accessory_ids,
        )


@dataclass(frozen=True)
class AccessoryPrice:
    """An accessory of a deal and its price in force."""

    unit: Unit
    price: UnitPrice


class AgreedPrice(NamedTuple):
    """The price row and the list total (fen) of the flat alone that an agreement in force was made with."""

    unit_price_id: int
    list_total_amount: int


@dataclass(frozen=True)
class Offer:
    """The figures of a deal before it is signed; amounts in fen, `max_deposit` the largest deposit allowed.

    `list_total` and `total` are of the flat with its accessories, `steps` and the project's `floor` of the flat alone.
    """

    price: UnitPrice
    list_total: int
    steps: tuple[StepResult, ...]
    total: int
    max_deposit: int
    sign_by: date
    schemes: tuple[DiscountScheme, ...] = ()
    accessories: tuple[AccessoryPrice, ...] = ()
    floor: int | None = None

    @property
    def flat_list_total(self) -> int:
        """The list total of the flat alone (fen), where the discount steps begin."""
        return self.list_total - sum(item.price.list_total_amount for item in self.accessories)


def build_offer(
    session: Session, unit: Unit, *, actor: Actor, hold: Keeping | None, terms: PriceTerms
) -> Offer:
    """Work out price, deposit limit and last day for signing; a hold or a provisional order keeps the price that was shown.

    Refused: `price_not_approved`, `permit_missing` (no permit on the day of signing), `scheme_not_usable`,
    `scheme_unknown`, `discount_not_allowed`, and what `price_deal` and `check_signing_days` refuse. Changes nothing.
    """
    offer, objection = weigh_offer(session, unit, actor=actor, kept=hold, terms=terms)
    if objection is not None:
        raise objection
    return offer


def weigh_offer(
    session: Session, unit: Unit, *, actor: Actor, kept: Keeping | AgreedPrice | None, terms: PriceTerms
) -> tuple[Offer, DomainError | None]:
    """Work out an offer like `build_offer`, and what keeps it from being made without somebody's approval: below the
    floor price, or more discount than the person may give. `kept` is the price to begin with instead of today's.
    """
    project, signed_on = get_project(session, unit.project_id), terms.signed_on
    last_day = terms.sign_by or sign_by(signed_on, project.sign_by_days)
    check_signing_days(signed_on, last_day, clock.business_today())
    if not is_permitted(session, unit, on=signed_on):
        raise UnitNotFree(NotFreeReason.PERMIT_MISSING)
    price = session.get_one(UnitPrice, kept.unit_price_id) if kept else get_price(session, unit)
    list_total = kept.list_total_amount if kept else price.list_total_amount
    inner = price.basis is PriceBasis.INNER and unit.inner_area is not None
    area = unit.inner_area if inner else unit.gross_area
    schemes = tuple(get_schemes(session, project.id, terms.scheme_ids))
    before = choose_steps(
        [to_rule(scheme) for scheme in schemes],
        plan=terms.plan,
        on=signed_on,
        list_total=list_total,
        area=area,
    )
    limits = find_limits_of(session, unit, price)
    ceiling = Limits(filed=limits.filed)
    steps, total = price_deal(list_total, area, terms.discounts, before=before, limits=ceiling)
    objection = _find_objection(session, unit, actor, terms, (list_total, total), limits)
    accessories = _price_accessories(session, unit, terms)
    extra = sum(item.price.list_total_amount for item in accessories)
    offer = Offer(
        price=price,
        list_total=list_total + extra,
        steps=steps,
        total=total + extra,
        max_deposit=deposit_limit(total + extra, project.max_deposit_rate),
        sign_by=last_day,
        schemes=schemes,
        accessories=accessories,
        floor=limits.project_floor,
    )
    return offer, objection


def _find_objection(
    session: Session, unit: Unit, actor: Actor, terms: PriceTerms, totals: tuple[int, int], limits: Limits
) -> DomainError | None:
    list_total, total = totals
    floors = PriceLayers(total, project_floor=limits.project_floor, group_floor=limits.group_floor)
    grant = Grant(terms.offer_id, unit.id, terms.customer_ids) if terms.offer_id is not None else None
    try:
        check_price_layers(floors)
        check_discount(session, unit.project_id, actor=actor, list_total=list_total, total=total, grant=grant)
    except (BelowFloorPrice, DiscountNotAllowed) as objection:
        return objection
    return None


def _price_accessories(session: Session, unit: Unit, terms: PriceTerms) -> tuple[AccessoryPrice, ...]:
    """Price the accessories at their list price; refuses NotAnAccessory, `permit_missing`, `price_not_approved`."""
    found = []
    for unit_id in dict.fromkeys(terms.accessory_ids):
        accessory = session.get(Unit, unit_id)
        is_known = accessory is not None and accessory.project_id == unit.project_id
        if accessory is None or not is_known or accessory.id == unit.id:
            raise NotAnAccessory(str(unit_id))
        if accessory.product not in ACCESSORY_PRODUCTS:
            raise NotAnAccessory(accessory.code)
        if not is_permitted(session, accessory, on=terms.signed_on):
            raise UnitNotFree(NotFreeReason.PERMIT_MISSING)
        found.append(AccessoryPrice(accessory, get_price(session, accessory)))
    return tuple(found)


def find_limits_of(session: Session, unit: Unit, price: UnitPrice) -> Limits:
    """Find the limits in force; of two filed prices, the version's and the limit's, the lower one counts."""
    limits = find_limits(session, [unit.id])[unit.id]
    known = [filed for filed in (price.filed_total_amount, limits.filed) if filed is not None]
    return replace(limits, filed=min(known, default=None))
