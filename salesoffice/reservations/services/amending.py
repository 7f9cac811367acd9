"""What a change of the sale does to its agreement: other figures, or another agreement in its place."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from salesoffice.core import clock
from salesoffice.core.errors import NotAllowed
from salesoffice.core.permissions import Actor
from salesoffice.deals.models import Deal
from salesoffice.inventory.models import Unit
from salesoffice.payments.enums import PlanKind
from salesoffice.pricing.rules import StepResult
from salesoffice.reservations.enums import SubscriptionState
from salesoffice.reservations.models import Subscription, SubscriptionAccessory
from salesoffice.reservations.services.numbers import choose_number, use_agreement_form
from salesoffice.reservations.services.records import dump_steps, figures_of, record_subscription


@dataclass(frozen=True)
class AccessoryTerms:
    """An accessory sold with the flat and the price agreed for it (fen)."""

    unit_id: int
    unit_price_id: int
    list_total: int
    amount: int


@dataclass(frozen=True)
class AgreementTerms:
    """What an agreement says; amounts in fen, `list_total` and `total` of the flat with its accessories."""

    unit: Unit
    unit_price_id: int
    list_total: int
    total: int
    steps: tuple[StepResult, ...]
    deposit: int
    plan: PlanKind
    signed_on: date
    sign_by: date
    accessories: tuple[AccessoryTerms, ...] = ()


def replace_agreement(
    session: Session, deal: Deal, *, actor: Actor, replaced: Subscription, terms: AgreementTerms
) -> Subscription:
    """Write another agreement of the same deal in the place of one that has ended (`end_agreement`), under the next
    number. The caller checked price and deposit and moves claim and account. Refused: NotAllowed for the system.
    """
    if actor.id is None:
        raise NotAllowed(_l("Only a person can sell; the system cannot."))
    subscription = Subscription(
        project_id=deal.project_id,
        deal_id=deal.id,
        unit_id=terms.unit.id,
        number=choose_number(session, deal.project_id, actor=actor),
        unit_price_id=terms.unit_price_id,
        list_total_amount=terms.list_total,
        discounts=dump_steps(terms.steps),
        total_amount=terms.total,
        deposit_amount=terms.deposit,
        plan_kind=terms.plan,
        signed_on=terms.signed_on,
        sign_by=terms.sign_by,
        state=SubscriptionState.ACTIVE,
        entered_at=clock.now(),
        entered_by_id=actor.id,
        replaces_id=replaced.id,
        deal=deal,
        unit=terms.unit,
    )
    session.add(subscription)
    session.flush()
    _add_accessories(session, subscription, terms.accessories)
    use_agreement_form(session, subscription, actor=actor)
    after = {**figures_of(subscription), "replaces": replaced.number}
    record_subscription(session, subscription, "subscription.signed", actor, after=after)
    return subscription


def amend_price(
    session: Session,
    subscription: Subscription,
    *,
    actor: Actor,
    steps: tuple[StepResult, ...],
    total: int,
    reason: str,
) -> Subscription:
    """Put other discount steps and another total (fen) into an agreement whose unit is locked."""
    before = _terms_of(subscription)
    subscription.discounts, subscription.total_amount = dump_steps(steps), total
    return _record(session, subscription, before, actor, reason)


def amend_plan(
    session: Session, subscription: Subscription, *, actor: Actor, plan: PlanKind, reason: str
) -> Subscription:
    """Put another payment plan into an agreement whose unit is locked."""
    before = _terms_of(subscription)
    subscription.plan_kind = plan
    return _record(session, subscription, before, actor, reason)


def _add_accessories(
    session: Session, subscription: Subscription, accessories: Sequence[AccessoryTerms]
) -> None:
    session.add_all(
        SubscriptionAccessory(
            subscription_id=subscription.id,
            unit_id=item.unit_id,
            unit_price_id=item.unit_price_id,
            list_total_amount=item.list_total,
            amount=item.amount,
        )
        for item in accessories
    )
    session.flush()


def _terms_of(subscription: Subscription) -> dict[str, object]:
    return {
        "total": subscription.total_amount,
        "plan": subscription.plan_kind.value,
        "discounts": json.loads(subscription.discounts),
    }


def _record(
    session: Session, subscription: Subscription, before: dict[str, object], actor: Actor, reason: str
) -> Subscription:
    session.flush()
    after = {**_terms_of(subscription), "reason": reason}
    record_subscription(session, subscription, "subscription.amended", actor, before=before, after=after)
    return subscription
