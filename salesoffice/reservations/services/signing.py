"""Signing a subscription agreement (认购书)."""

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from salesoffice.core import clock
from salesoffice.core.errors import FieldProblem, InvalidInput, NotAllowed
from salesoffice.core.permissions import Actor
from salesoffice.customers.models import Customer
from salesoffice.deals.enums import ClaimKind, Stage
from salesoffice.deals.models import Claim, Deal, DealBuyer
from salesoffice.deals.queries import find_claim_of_deal, find_open_claim
from salesoffice.deals.services import (
    advance_claim,
    bind_accessory,
    check_claimable,
    check_direct_signing,
    check_not_overlaid,
    check_stage,
    lock_unit,
    open_claim,
)
from salesoffice.inventory.models import Unit
from salesoffice.offers.services import mark_used
from salesoffice.payments.models import Account
from salesoffice.payments.services import open_account
from salesoffice.payments.services.accounts import AccountTerms
from salesoffice.projects.models import Project
from salesoffice.projects.queries import get_project
from salesoffice.reservations.enums import SubscriptionState
from salesoffice.reservations.models import Keeping, ProvisionalOrder, Subscription, SubscriptionAccessory
from salesoffice.reservations.queries import (
    get_choosable_customers,
)
from salesoffice.reservations.rules import (
    MAX_BUYERS,
    HoldExpired,
    check_deposit,
)
from salesoffice.reservations.services.expiring import expire_hold_of
from salesoffice.reservations.services.holds import choose_rep, convert_hold
from salesoffice.reservations.services.keeping import find_keeping
from salesoffice.reservations.services.numbers import choose_number, use_agreement_form
from salesoffice.reservations.services.offers import Offer, SubscriptionTerms, build_offer
from salesoffice.reservations.services.provisional import convert_provisional, price_order_account
from salesoffice.reservations.services.records import dump_steps, figures_of, record_subscription
from salesoffice.reservations.services.waiting import check_turn, mark_taken


def sign_subscription(
    session: Session, subject: Unit | Keeping, *, actor: Actor, terms: SubscriptionTerms
) -> Subscription:
    """Sign a subscription agreement for a free unit, out of a hold or out of a provisional order.

    Opens the account with its schedule (an order's earnest account gets it, and its confirmed money becomes the
    deposit), moves the claim on, makes the buyers party to the deal. A unit under a hold is signed through the unit only
    for the same rep or customer, one under an order only for its customer. Signing twice is refused (`unit_taken`, `wrong_state`),
    never done twice. Also refused: `unit_not_released`, `unit_overlaid`, `permit_missing`, `price_not_approved`, `above_filed_price`,
    `below_floor_price`, `deposit_too_high`, `discount_invalid`, `discount_not_allowed`, `scheme_not_usable`,
    `customer_unknown`, `sign_by_invalid`, `signed_on_invalid`, `attachment_missing`, schedules that
    cannot be made of the figures.
    """
    project = get_project(session, subject.project_id)
    buyers = _load_buyers(session, project, actor, terms.customer_ids)
    unit_id = subject.id if isinstance(subject, Unit) else subject.unit_id
    unit = lock_unit(session, unit_id, with_units=terms.accessory_ids)
    hold = find_keeping(session, unit, subject, actor=actor, customers=buyers)
    check_not_overlaid(session, unit)
    if hold is None:
        check_direct_signing(session, project.id)
    else:
        check_stage(session, hold.deal, Stage.SUBSCRIBE, actor=actor)
    first = check_turn(session, unit, terms.customer_ids) if hold is None else None
    offer = build_offer(session, unit, actor=actor, hold=hold, terms=terms.price_terms)
    check_deposit(terms.deposit, offer.total, project.max_deposit_rate)
    account = _open_account(session, project, terms, offer, hold, actor)
    subscription = _build(terms, offer, unit, actor)
    mark_used(session, offer.schemes)
    if hold is None:
        rep_id = choose_rep(actor, project.id, buyers[0])
        _claim_directly(session, subscription, unit, rep_id=rep_id, actor=actor)
    else:
        _claim_from(session, subscription, hold, actor)
    use_agreement_form(session, subscription, actor=actor)
    _bind_accessories(session, subscription, offer, actor)
    deal = subscription.deal
    deal.account_id, deal.account = account.id, account
    _name_buyers(session, deal, buyers)
    if first is not None:
        mark_taken(session, first, actor=actor)
    record_subscription(session, subscription, "subscription.signed", actor, after=figures_of(subscription))
    return subscription


def _load_buyers(
    session: Session, project: Project, actor: Actor, customer_ids: tuple[int, ...]
) -> list[Customer]:
    if not 1 <= len(customer_ids) <= MAX_BUYERS or len(set(customer_ids)) != len(customer_ids):
        message = _l("Name 1 to %(count)s different buyers.", count=MAX_BUYERS)
        raise InvalidInput(message, [FieldProblem("customer_ids", message)], code="buyers_invalid")
    return get_choosable_customers(session, project.id, actor, customer_ids, field="customer_ids")


def _open_account(
    session: Session,
    project: Project,
    terms: SubscriptionTerms,
    offer: Offer,
    hold: Keeping | None,
    actor: Actor,
) -> Account:
    agreed = AccountTerms(
        total=offer.total,
        plan=terms.plan,
        deposit=terms.deposit,
        signed_on=terms.signed_on,
        sign_by=offer.sign_by,
        down_payment_rate=project.down_payment_rate,
    )
    if isinstance(hold, ProvisionalOrder):
        return price_order_account(session, hold, actor=actor, terms=agreed)
    return open_account(session, project_id=project.id, actor=actor, **agreed)


def _name_buyers(session: Session, deal: Deal, buyers: Sequence[Customer]) -> None:
    """Make the buyers party to the deal in their order; the customer of a provisional order is so already."""
    named = {buyer.customer_id: buyer for buyer in deal.buyers}
    for position, customer in enumerate(buyers):
        if customer.id in named:
            named[customer.id].position = position
    session.flush()
    deal.buyers.extend(
        DealBuyer(deal_id=deal.id, customer_id=customer.id, position=position, customer=customer)
        for position, customer in enumerate(buyers)
        if customer.id not in named
    )
    session.flush()


def _build(terms: SubscriptionTerms, offer: Offer, unit: Unit, actor: Actor) -> Subscription:
    if actor.id is None:
        raise NotAllowed(_l("Only a person can sell; the system cannot."))
    return Subscription(
        project_id=unit.project_id,
        unit_id=unit.id,
        unit_price_id=offer.price.id,
        list_total_amount=offer.list_total,
        discounts=dump_steps(offer.steps),
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


def _claim_directly(
    session: Session, subscription: Subscription, unit: Unit, *, rep_id: int, actor: Actor
) -> Claim:
    return open_claim(
        session,
        unit,
        rep_id=rep_id,
        kind=ClaimKind.SUBSCRIPTION,
        document=lambda deal: _add(session, subscription, deal, actor),
    )


def _claim_from(session: Session, subscription: Subscription, hold: Keeping, actor: Actor) -> Claim:
    claim = find_open_claim(session, hold.unit_id)
    if claim is None or claim.document_id != hold.id:
        raise HoldExpired
    _add(session, subscription, hold.deal, actor)
    session.flush()
    if isinstance(hold, ProvisionalOrder):
        convert_provisional(session, hold, actor=actor)
    else:
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


def _add(session: Session, subscription: Subscription, deal: Deal, actor: Actor) -> Subscription:
    subscription.number = choose_number(session, deal.project_id, actor=actor)
    subscription.deal_id, subscription.deal = deal.id, deal
    session.add(subscription)
    return subscription
