"""Provisional orders (小订): a unit kept for some days for a small sum that is given back."""

from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from salesoffice.core import clock
from salesoffice.core.errors import FieldProblem, InvalidInput, NotAllowed, Text
from salesoffice.core.permissions import Actor
from salesoffice.customers.models import Customer
from salesoffice.deals.enums import ClaimKind, NotFreeReason
from salesoffice.deals.models import Claim, Deal, DealBuyer
from salesoffice.deals.queries import find_open_claim, is_permitted
from salesoffice.deals.rules import UnitNotFree
from salesoffice.deals.services import (
    advance_claim,
    build_unit_taken,
    check_not_overlaid,
    lock_unit,
    open_claim,
)
from salesoffice.infra.i18n import _, _l
from salesoffice.infra.numbering import next_number
from salesoffice.inventory.models import Unit
from salesoffice.payments.enums import ReceiptKind
from salesoffice.payments.models import Account
from salesoffice.payments.services import (
    carry_over,
    check_reason,
    list_carriable,
    open_earnest_account,
    price_account,
)
from salesoffice.payments.services.accounts import AccountTerms
from salesoffice.projects.models import Project
from salesoffice.projects.queries import get_project
from salesoffice.reservations.enums import ProvisionalState
from salesoffice.reservations.models import Hold, ProvisionalOrder
from salesoffice.reservations.queries import (
    PROVISIONAL_SERIES,
    PROVISIONAL_TEMPLATE,
    find_open_order,
    get_choosable_customers,
)
from salesoffice.reservations.rules import HoldExpired, OrderExpired, check_deposit
from salesoffice.reservations.services.expiring import end_order, order_ended, record_order
from salesoffice.reservations.services.holds import choose_rep, convert_hold
from salesoffice.reservations.services.keeping import find_keeping
from salesoffice.reservations.services.opening import get_price
from salesoffice.reservations.services.waiting import check_turn, mark_taken


def sign_provisional(
    session: Session,
    subject: Unit | Hold,
    *,
    actor: Actor,
    customer_id: int,
    amount: int,
    signed_on: date,
    days: int | None = None,
) -> ProvisionalOrder:
    """Order a free unit, or one held for the customer, provisionally for a small sum (fen) that is given back.

    It lasts until the end of the business day `days` (the project's, which is also the most) after `signed_on`, keeps
    the list price of this moment or of the hold, and opens the deal's account for earnest money. Refused: `unit_taken`
    (also the second time), `unit_not_released`, `unit_overlaid`, `permit_missing` (also on the day of signing),
    `price_not_approved`, `deposit_too_high`, `customer_unknown`, days and amounts out of bounds (InvalidInput).
    """
    project = get_project(session, subject.project_id)
    customer = get_choosable_customers(session, project.id, actor, [customer_id], field="customer_id")[0]
    expires_at = _read_expiry(project, signed_on, days)
    unit = lock_unit(session, subject.unit_id if isinstance(subject, Hold) else subject.id)
    hold = find_keeping(session, unit, subject, actor=actor, customers=[customer])
    if isinstance(hold, ProvisionalOrder):
        raise build_unit_taken(session, _get_claim(session, hold), actor=actor)
    check_not_overlaid(session, unit)
    if not is_permitted(session, unit, on=signed_on):
        raise UnitNotFree(NotFreeReason.PERMIT_MISSING)
    first = check_turn(session, unit, (customer.id,)) if hold is None else None
    order = _build(session, unit, hold, actor, customer)
    order.amount, order.signed_on, order.expires_at = amount, signed_on, expires_at
    _check_amount(amount, order.list_total_amount, project)
    account = open_earnest_account(session, project_id=project.id, actor=actor, amount=amount)
    claim = _claim(session, order, unit, hold, choose_rep(actor, project.id, customer), actor)
    claim.deal.account_id, claim.deal.account = account.id, account
    claim.deal.buyers.append(
        DealBuyer(deal_id=claim.deal_id, customer_id=customer.id, position=0, customer=customer)
    )
    session.flush()
    if first is not None:
        mark_taken(session, first, actor=actor)
    after = {"deal": claim.deal.number, "amount": amount, "expires_at": expires_at.isoformat()}
    record_order(session, order, "provisional.signed", actor, after=after)
    return order


def cancel_provisional(
    session: Session, order: ProvisionalOrder, *, actor: Actor, reason: str
) -> ProvisionalOrder:
    """Cancel a provisional order; the unit is free again and all money waits to be paid back.

    Refused: no reason (InvalidInput), an order that has ended or whose time has passed (WrongState).
    """
    reason = check_reason(reason)
    lock_unit(session, order.unit_id)
    live = find_open_order(session, order.unit_id)
    order = session.get_one(ProvisionalOrder, order.id, populate_existing=True)
    if order.ended_at is not None:
        raise order_ended(order)
    if live is None:
        raise OrderExpired
    claim = _get_claim(session, order)
    end_order(session, order, claim, state=ProvisionalState.CANCELLED, actor=actor, reason=reason)
    return order


def convert_provisional(session: Session, order: ProvisionalOrder, *, actor: Actor) -> None:
    """Mark an order as converted to a subscription; the claim is moved on by the caller, which holds the unit's lock."""
    now = clock.now()
    order.state, order.ended_at, order.ended_on = ProvisionalState.CONVERTED, now, clock.business_day_of(now)
    session.flush()
    before: dict[str, object] = {"state": ProvisionalState.OPEN.value}
    record_order(session, order, "provisional.converted", actor, before=before)


def price_order_account(
    session: Session, order: ProvisionalOrder, *, actor: Actor, terms: AccountTerms
) -> Account:
    """Give the account of an order the price and the schedule of its subscription, and make its money the deposit.

    Money that finance has not confirmed yet stays what it is; `carry_to_deposit` takes it over later.
    """
    account = order.deal.account
    if account is None:
        raise OrderExpired
    account = price_account(session, account, actor=actor, **terms)
    for receipt in list_carriable(session, account.id):
        carry_over(
            session,
            receipt,
            actor=actor,
            to_account=account,
            kind=ReceiptKind.DEPOSIT,
            reason=_("From provisional order %(number)s", number=order.number),
        )
    return account


def _read_expiry(project: Project, signed_on: date, days: int | None) -> datetime:
    if days is not None and not 1 <= days <= project.provisional_days:
        _refuse("days", _l("A provisional order lasts 1 to %(days)s days.", days=project.provisional_days))
    today = clock.business_today()
    last_day = signed_on + timedelta(days=days or project.provisional_days)
    if signed_on > today:
        _refuse("signed_on", _l("The day of the order must not be after today."))
    if last_day < today:
        _refuse("signed_on", _l("An order of this day would have ended already."))
    return clock.day_bounds(last_day)[1] - timedelta(seconds=1)


def _check_amount(amount: int, list_total: int, project: Project) -> None:
    if amount <= 0:
        _refuse("amount", _l("The amount of the order must be larger than zero."))
    check_deposit(amount, list_total, project.max_deposit_rate)


def _refuse(field: str, message: Text) -> None:
    raise InvalidInput(message, [FieldProblem(field, message)])


def _build(
    session: Session, unit: Unit, hold: Hold | None, actor: Actor, customer: Customer
) -> ProvisionalOrder:
    if actor.id is None:
        raise NotAllowed(_l("Only a person can sell; the system cannot."))
    price_id, list_total = _keep_price(session, unit, hold)
    return ProvisionalOrder(
        project_id=unit.project_id,
        unit_id=unit.id,
        customer_id=customer.id,
        list_total_amount=list_total,
        unit_price_id=price_id,
        state=ProvisionalState.OPEN,
        entered_at=clock.now(),
        entered_by_id=actor.id,
        unit=unit,
        customer=customer,
    )


def _keep_price(session: Session, unit: Unit, hold: Hold | None) -> tuple[int, int]:
    if hold is not None:
        return hold.unit_price_id, hold.list_total_amount
    price = get_price(session, unit)
    return price.id, price.list_total_amount


def _claim(
    session: Session, order: ProvisionalOrder, unit: Unit, hold: Hold | None, rep_id: int, actor: Actor
) -> Claim:
    if hold is None:
        return open_claim(
            session,
            unit,
            rep_id=rep_id,
            kind=ClaimKind.PROVISIONAL,
            document=lambda deal: _add(session, order, deal),
            expires_at=order.expires_at,
        )
    claim = find_open_claim(session, unit.id)
    if claim is None or claim.document_id != hold.id:
        raise HoldExpired
    _add(session, order, hold.deal)
    session.flush()
    convert_hold(session, hold)
    return advance_claim(
        session,
        claim,
        actor=actor,
        kind=ClaimKind.PROVISIONAL,
        document_id=order.id,
        expires_at=order.expires_at,
    )


def _add(session: Session, order: ProvisionalOrder, deal: Deal) -> ProvisionalOrder:
    order.number = next_number(
        session, project_id=deal.project_id, series=PROVISIONAL_SERIES, template=PROVISIONAL_TEMPLATE
    )
    order.deal_id, order.deal, order.rep_id = deal.id, deal, deal.rep_id
    session.add(order)
    return order


def _get_claim(session: Session, order: ProvisionalOrder) -> Claim:
    claim = find_open_claim(session, order.unit_id)
    if claim is None or claim.kind is not ClaimKind.PROVISIONAL or claim.document_id != order.id:
        raise OrderExpired
    return claim
