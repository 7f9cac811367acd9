"""Signing a subscription agreement (认购书)."""

import json
from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from salesoffice.core import clock
from salesoffice.core.errors import FieldProblem, InvalidInput, NotAllowed, WrongState
from salesoffice.core.permissions import Actor, Permission
from salesoffice.customers.models import Customer
from salesoffice.deals.enums import ClaimKind, Stage
from salesoffice.deals.models import Claim, Deal, DealBuyer
from salesoffice.deals.queries import find_claim_of_deal, find_open_claim
from salesoffice.deals.services import (
    advance_claim,
    bind_accessory,
    build_unit_taken,
    check_claimable,
    check_direct_signing,
    check_not_overlaid,
    check_stage,
    lock_unit,
    open_claim,
)
from salesoffice.infra.numbering import next_number
from salesoffice.inventory.models import Unit
from salesoffice.offers.services import mark_used
from salesoffice.payments.models import Account
from salesoffice.payments.services import open_account
from salesoffice.pricing.rules import StepResult
from salesoffice.projects.models import Project
from salesoffice.projects.queries import get_project
from salesoffice.reservations.enums import SubscriptionState
from salesoffice.reservations.models import Hold, Subscription, SubscriptionAccessory
from salesoffice.reservations.queries import (
    SUBSCRIPTION_SERIES,
    SUBSCRIPTION_TEMPLATE,
    find_open_hold,
    get_choosable_customers,
)
from salesoffice.reservations.rules import (
    MAX_BUYERS,
    HoldExpired,
    check_deposit,
)
from salesoffice.reservations.services.holds import choose_rep, convert_hold, expire_hold_of
from salesoffice.reservations.services.offers import Offer, SubscriptionTerms, build_offer
from salesoffice.reservations.services.records import record_subscription
from salesoffice.reservations.services.waiting import check_turn, mark_taken


def sign_subscription(
    session: Session, subject: Unit | Hold, *, actor: Actor, terms: SubscriptionTerms
) -> Subscription:
    """Sign a subscription agreement for a free unit or out of a hold.

    Opens the account with its schedule, moves the claim on, makes the buyers party to the deal. A unit under a hold is
    signed through the unit only for the same rep or customer. Signing twice is refused (`unit_taken`, `wrong_state`),
    never done twice. Also refused: `unit_not_released`, `unit_overlaid`, `permit_missing`, `price_not_approved`, `above_filed_price`,
    `below_floor_price`, `deposit_too_high`, `discount_invalid`, `discount_not_allowed`, `scheme_not_usable`,
    `customer_unknown`, `sign_by_invalid`, `signed_on_invalid`, `attachment_missing`, schedules that
    cannot be made of the figures.
    """
    project = get_project(session, subject.project_id)
    buyers = _load_buyers(session, project, actor, terms.customer_ids)
    unit_id = subject.unit_id if isinstance(subject, Hold) else subject.id
    unit = lock_unit(session, unit_id, with_units=terms.accessory_ids)
    hold = _find_hold(session, unit, subject, actor=actor, buyers=buyers)
    check_not_overlaid(session, unit)
    if hold is None:
        check_direct_signing(session, project.id)
    else:
        check_stage(session, hold.deal, Stage.SUBSCRIBE, actor=actor)
    first = check_turn(session, unit, terms.customer_ids) if hold is None else None
    offer = build_offer(session, unit, actor=actor, hold=hold, terms=terms.price_terms)
    check_deposit(terms.deposit, offer.total, project.max_deposit_rate)
    account = _open_account(session, project, terms, offer, actor)
    subscription = _build(terms, offer, unit, actor)
    mark_used(session, offer.schemes)
    if hold is None:
        _claim_directly(session, subscription, unit, choose_rep(actor, project.id, buyers[0]))
    else:
        _claim_from_hold(session, subscription, hold, actor)
    _bind_accessories(session, subscription, offer, actor)
    deal = subscription.deal
    deal.account_id, deal.account = account.id, account
    deal.buyers.extend(
        DealBuyer(deal_id=deal.id, customer_id=buyer.id, position=position, customer=buyer)
        for position, buyer in enumerate(buyers)
    )
    session.flush()
    if first is not None:
        mark_taken(session, first, actor=actor)
    record_subscription(session, subscription, "subscription.signed", actor, after=_figures_of(subscription))
    return subscription


def _load_buyers(
    session: Session, project: Project, actor: Actor, customer_ids: tuple[int, ...]
) -> list[Customer]:
    if not 1 <= len(customer_ids) <= MAX_BUYERS or len(set(customer_ids)) != len(customer_ids):
        message = _l("Name 1 to %(count)s different buyers.", count=MAX_BUYERS)
        raise InvalidInput(message, [FieldProblem("customer_ids", message)], code="buyers_invalid")
    return get_choosable_customers(session, project.id, actor, customer_ids, field="customer_ids")


def _find_hold(
    session: Session, unit: Unit, subject: Unit | Hold, *, actor: Actor, buyers: Sequence[Customer]
) -> Hold | None:
    """Return the hold that becomes the subscription, None when the unit is free; refuse everything else."""
    if isinstance(subject, Hold):
        return _check_hold(session, subject, actor)
    expire_hold_of(session, unit)
    hold = find_open_hold(session, unit.id)
    if hold is None:
        check_claimable(session, unit, actor=actor)
        return None
    is_same_party = (
        hold.rep_id in {actor.id, buyers[0].rep_id}
        if hold.customer_id is None
        else hold.rep_id == actor.id or hold.customer_id in {buyer.id for buyer in buyers}
    )
    claim = find_open_claim(session, unit.id)
    if claim is not None and not is_same_party:
        raise build_unit_taken(session, claim, actor=actor)
    return hold


def _check_hold(session: Session, hold: Hold, actor: Actor) -> Hold:
    if hold.rep_id != actor.id and not actor.can(Permission.HOLD_MANAGE, hold.project_id):
        raise NotAllowed(_l("This hold is somebody else's. Ask the sales manager."))
    live = find_open_hold(session, hold.unit_id)
    if live is not None and live.id == hold.id:
        return live
    fresh = session.get_one(Hold, hold.id, populate_existing=True)
    if fresh.ended_at is None:
        raise HoldExpired
    raise WrongState(_l("This hold has ended already: %(state)s.", state=fresh.state.label))


def _open_account(
    session: Session, project: Project, terms: SubscriptionTerms, offer: Offer, actor: Actor
) -> Account:
    return open_account(
        session,
        project_id=project.id,
        total=offer.total,
        plan=terms.plan,
        deposit=terms.deposit,
        signed_on=terms.signed_on,
        sign_by=offer.sign_by,
        down_payment_rate=project.down_payment_rate,
        actor=actor,
    )


def _build(terms: SubscriptionTerms, offer: Offer, unit: Unit, actor: Actor) -> Subscription:
    if actor.id is None:
        raise NotAllowed(_l("Only a person can sell; the system cannot."))
    return Subscription(
        project_id=unit.project_id,
        unit_id=unit.id,
        unit_price_id=offer.price.id,
        list_total_amount=offer.list_total,
        discounts=_dump_steps(offer.steps),
        total_amount=offer.total,
        deposit_amount=terms.deposit,
        plan_kind=terms.plan,
        signed_on=terms.signed_on,
        sign_by=offer.sign_by,
        state=SubscriptionState.ACTIVE,
        entered_at=clock.now(),
        entered_by_id=actor.id,
        unit=unit,
    )


def _claim_directly(session: Session, subscription: Subscription, unit: Unit, rep_id: int) -> Claim:
    return open_claim(
        session,
        unit,
        rep_id=rep_id,
        kind=ClaimKind.SUBSCRIPTION,
        document=lambda deal: _add(session, subscription, deal),
    )


def _claim_from_hold(session: Session, subscription: Subscription, hold: Hold, actor: Actor) -> Claim:
    claim = find_open_claim(session, hold.unit_id)
    if claim is None or claim.document_id != hold.id:
        raise HoldExpired
    _add(session, subscription, hold.deal)
    session.flush()
    convert_hold(session, hold)
    return advance_claim(
        session, claim, actor=actor, kind=ClaimKind.SUBSCRIPTION, document_id=subscription.id
    )


def _bind_accessories(session: Session, subscription: Subscription, offer: Offer, actor: Actor) -> None:
    """Claim the accessories with the flat, at their list price."""
    session.flush()
    claim = find_claim_of_deal(session, subscription.deal_id)
    if claim is None:
        raise HoldExpired
    for item in offer.accessories:
        expire_hold_of(session, item.unit)
        check_claimable(session, item.unit, actor=actor)
        check_turn(session, item.unit, ())
        bind_accessory(session, claim, item.unit, actor=actor)
        session.add(
            SubscriptionAccessory(
                subscription_id=subscription.id,
                unit_id=item.unit.id,
                unit_price_id=item.price.id,
                list_total_amount=item.price.list_total_amount,
                amount=item.price.list_total_amount,
            )
        )
    session.flush()


def _add(session: Session, subscription: Subscription, deal: Deal) -> Subscription:
    subscription.number = next_number(
        session, project_id=deal.project_id, series=SUBSCRIPTION_SERIES, template=SUBSCRIPTION_TEMPLATE
    )
    subscription.deal_id, subscription.deal = deal.id, deal
    session.add(subscription)
    return subscription


def _dump_steps(steps: Sequence[StepResult]) -> str:
    rows = [
        {
            "kind": result.step.kind.value,
            "value": str(result.step.value),
            "name": result.step.name,
            "before": result.before,
            "after": result.after,
        }
        for result in steps
    ]
    return json.dumps(rows, ensure_ascii=False)


def _figures_of(subscription: Subscription) -> dict[str, object]:
    return {
        "number": subscription.number,
        "deal": subscription.deal.number,
        "list_total": subscription.list_total_amount,
        "total": subscription.total_amount,
        "deposit": subscription.deposit_amount,
        "plan": subscription.plan_kind.value,
        "signed_on": subscription.signed_on.isoformat(),
        "sign_by": subscription.sign_by.isoformat(),
        "discounts": json.loads(subscription.discounts),
    }
