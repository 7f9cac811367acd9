"""How a registration ends: its money is given back, or becomes the deposit of a sale."""

from sqlalchemy.orm import Session

from salesoffice.core import clock
from salesoffice.core.errors import NotFound, WrongState
from salesoffice.core.permissions import Actor
from salesoffice.deals.enums import DealState
from salesoffice.deals.models import Deal
from salesoffice.deals.queries import list_buyers
from salesoffice.deals.services import lock_unit
from salesoffice.infra.i18n import _, _l
from salesoffice.payments.enums import AccountKind, ReceiptKind
from salesoffice.payments.services import (
    carry_over,
    check_reason,
    end_account,
    list_carriable,
    request_refund,
)
from salesoffice.payments.services.accounts import lock_account
from salesoffice.registrations.enums import RegistrationState
from salesoffice.registrations.models import Registration
from salesoffice.registrations.queries import find_waiting_receipt
from salesoffice.registrations.rules import MoneyWaits, NothingToCarry, check_registration_step
from salesoffice.registrations.services.registering import lock_registration, record_registration


def give_back(session: Session, registration: Registration, *, actor: Actor, reason: str) -> Registration:
    """End a registration: its number stays used, and the refund of all its confirmed money is asked for.

    A second person decides the refund. Refused: no reason (InvalidInput), a registration that has ended, money that
    still waits for finance (MoneyWaits).
    """
    reason = check_reason(reason)
    registration = lock_registration(session, registration)
    check_registration_step(registration.state, RegistrationState.GIVEN_BACK)
    account = lock_account(session, registration.account_id)
    _check_decided(session, account.id)
    account = end_account(session, account, actor=actor)
    _end(registration, RegistrationState.GIVEN_BACK, actor, reason)
    session.flush()
    record_registration(session, registration, "registration.given_back", actor, after={"reason": reason})
    if account.refundable_amount:
        request_refund(session, account, actor=actor, amount=account.refundable_amount, reason=reason)
    return registration


def convert(session: Session, registration: Registration, deal: Deal, *, actor: Actor) -> Registration:
    """Carry all confirmed earnest money of a registration over as the deposit of its customer's sale, and end it.

    Refused: a registration that has ended, money that still waits for finance (MoneyWaits) or none (NothingToCarry), a
    sale without an agreement, that has ended, or whose buyers the customer is not one of (WrongState), money that was
    paid back (MoneyPaidBack).
    """
    if deal.project_id != registration.project_id:
        raise NotFound(_l("There is no such deal."))
    lock_unit(session, deal.unit_id)
    registration = lock_registration(session, registration)
    check_registration_step(registration.state, RegistrationState.CONVERTED)
    target = deal.account
    if deal.state is not DealState.OPEN or target is None or target.kind is not AccountKind.PRICE:
        raise WrongState(_l("Sign a subscription agreement first; the money becomes its deposit."))
    if registration.customer_id not in {buyer.customer_id for buyer in list_buyers(session, deal.id)}:
        raise WrongState(
            _l("The customer of the registration is not a buyer of this sale. Rename one of them.")
        )
    _check_decided(session, registration.account_id)
    receipts = list_carriable(session, registration.account_id)
    if not receipts:
        raise NothingToCarry
    reason = _("From registration %(number)s", number=registration.number)
    for receipt in receipts:
        carry_over(session, receipt, actor=actor, to_account=target, kind=ReceiptKind.DEPOSIT, reason=reason)
    end_account(session, registration.account, actor=actor)
    _end(registration, RegistrationState.CONVERTED, actor, "")
    registration.deal_id, registration.deal = deal.id, deal
    session.flush()
    amount = sum(receipt.amount for receipt in receipts)
    after: dict[str, object] = {"deal": deal.number, "amount": amount}
    record_registration(session, registration, "registration.converted", actor, after=after)
    return registration


def _check_decided(session: Session, account_id: int) -> None:
    waiting = find_waiting_receipt(session, account_id)
    if waiting is not None:
        raise MoneyWaits(waiting.number)


def _end(registration: Registration, state: RegistrationState, actor: Actor, reason: str) -> None:
    registration.state, registration.ended_at = state, clock.now()
    registration.ended_on, registration.ended_by_id = clock.business_today(), actor.id
    registration.end_reason = reason
