"""The first person's entry of a contract, and its correction."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NoReturn

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from salesoffice.contracts.enums import ENDED_CONTRACTS, ContractState
from salesoffice.contracts.models import Contract
from salesoffice.contracts.rules import check_agreed, normalise_text
from salesoffice.contracts.services.locking import check_step, lock_contract, record_change
from salesoffice.contracts.services.numbers import flush_number, replace_number, reserve_form, take_number
from salesoffice.core import clock
from salesoffice.core.certificates import CertificateKind, check_certificate
from salesoffice.core.errors import DomainError, FieldProblem, InvalidInput, Text, WrongState
from salesoffice.core.permissions import Actor
from salesoffice.core.text import mask_certificate
from salesoffice.deals.enums import ClaimKind, Stage
from salesoffice.deals.models import Deal
from salesoffice.deals.queries import find_open_claim
from salesoffice.deals.services import check_stage, lock_unit
from salesoffice.infra.crypto import blind_index
from salesoffice.infra.db import lock_rows
from salesoffice.payments.enums import PlanKind
from salesoffice.reservations.enums import SubscriptionState
from salesoffice.reservations.models import Subscription

_LONGEST_NAME = 200
_IDENTITY_LENGTH = 18


class ContractExists(DomainError):
    """The deal has a contract that is not cancelled."""

    def __init__(self, number: str) -> None:
        message = _l("This sale already has contract %(number)s. Correct or cancel that one.", number=number)
        super().__init__(message, code="contract_exists", number=number)


@dataclass(frozen=True)
class ContractEntry:
    """What one person enters of a contract; fen, m², a business day.

    What is None is taken from the subscription and its principal buyer; a number that is None is given out.
    """

    signed_on: date
    total_amount: int | None = None
    plan_kind: PlanKind | None = None
    number: str | None = None
    customer_name: str | None = None
    certificate_no: str | None = None
    unit_code: str | None = None
    gross_area: Decimal | None = None


def draft_contract(
    session: Session, subscription: Subscription, *, actor: Actor, entry: ContractEntry
) -> Contract:
    """Enter the contract of a subscription; it waits for a second person's entry.

    Refused: a subscription that is not active any more (WrongState), a second contract of the sale (ContractExists),
    a price or plan other than agreed (ScheduleMismatch, PlanMismatch), another unit's code, a certificate of nobody
    who buys, a day in the future or before the subscription (InvalidInput), a used number (ContractNumberTaken), papers
    missing for the stage CONTRACT (`deals.services.check_stage`).
    """
    lock_unit(session, subscription.unit_id)
    subscription = _get_active(session, subscription)
    earlier = session.scalars(
        select(Contract).where(
            Contract.deal_id == subscription.deal_id, Contract.state.not_in(ENDED_CONTRACTS)
        )
    ).first()
    if earlier is not None:
        raise ContractExists(earlier.number)
    check_stage(session, subscription.deal, Stage.CONTRACT, actor=actor)
    contract = Contract(
        project_id=subscription.project_id,
        deal_id=subscription.deal_id,
        subscription_id=subscription.id,
        state=ContractState.DRAFT,
        deal=subscription.deal,
        subscription=subscription,
    )
    with session.no_autoflush:
        _fill(contract, entry, actor)
        contract.number = take_number(session, contract, entry.number, actor=actor)
    session.add(contract)
    flush_number(session, contract)
    reserve_form(session, contract, actor=actor)
    record_change(session, contract, "contract.entered", actor, after=_critical_values(contract))
    return contract


def correct_draft(session: Session, contract: Contract, *, actor: Actor, entry: ContractEntry) -> Contract:
    """Enter a draft once more, as a whole: who corrects it becomes the first person, somebody else verifies.

    Refused like `draft_contract`, with WrongState once the contract is verified, and with NumberGivenOut to put
    another number in the place of one that was given out: the series would have a gap.
    """
    contract = lock_contract(session, contract)
    if contract.state is not ContractState.DRAFT:
        check_step(contract, ContractState.VERIFIED)
    before = _critical_values(contract)
    _get_active(session, contract.subscription)
    _fill(contract, entry, actor)
    if entry.number is not None and entry.number.strip() != contract.number:
        contract.number = replace_number(session, contract, entry.number, actor=actor)
        flush_number(session, contract)
        reserve_form(session, contract, actor=actor)
    flush_number(session, contract)
    record_change(
        session, contract, "contract.corrected", actor, before=before, after=_critical_values(contract)
    )
    return contract


def read_certificate(kind: CertificateKind | None, number: str) -> str:
    """Return a certificate number as it is compared; refuses one that cannot be right with CertificateInvalid.

    Without a kind, 18 characters are an identity card; everything else is read as a passport.
    """
    guess = (
        CertificateKind.IDENTITY_CARD if len(number.strip()) == _IDENTITY_LENGTH else CertificateKind.PASSPORT
    )
    return check_certificate(kind or guess, number, clock.business_today())


def certificate_kind_of(contract: Contract) -> CertificateKind | None:
    """Return the kind of the principal buyer's certificate."""
    buyers = contract.deal.buyers
    return buyers[0].customer.certificate_kind if buyers else None


def _get_active(session: Session, subscription: Subscription) -> Subscription:
    fresh = lock_rows(session, select(Subscription).where(Subscription.id == subscription.id))[0]
    claim = find_open_claim(session, fresh.unit_id)
    if (
        fresh.state is not SubscriptionState.ACTIVE
        or claim is None
        or claim.kind is not ClaimKind.SUBSCRIPTION
        or claim.deal_id != fresh.deal_id
    ):
        raise WrongState(
            _l(
                "The subscription is “%(state)s”; no contract can be entered for it.", state=fresh.state.label
            ),
            state=fresh.state.value,
        )
    return fresh


def _fill(contract: Contract, entry: ContractEntry, actor: Actor) -> None:
    subscription, deal = contract.subscription, contract.deal
    _check_day(entry.signed_on, subscription)
    contract.signed_on = entry.signed_on
    contract.total_amount = subscription.total_amount if entry.total_amount is None else entry.total_amount
    contract.plan_kind = entry.plan_kind or subscription.plan_kind
    check_agreed(
        total=contract.total_amount,
        plan=contract.plan_kind,
        agreed_total=subscription.total_amount,
        agreed_plan=subscription.plan_kind,
    )
    contract.customer_name = _read_name(deal, entry.customer_name)
    contract.unit_code = _read_unit_code(deal, entry.unit_code)
    contract.gross_area = _read_area(deal, entry.gross_area)
    _fill_certificate(contract, entry.certificate_no)
    contract.entered_at = clock.now()
    contract.entered_by_id = _id_of(actor)


def _id_of(actor: Actor) -> int:
    if actor.id is None:
        raise InvalidInput(_l("A contract is entered by a person."))
    return actor.id


def _check_day(signed_on: date, subscription: Subscription) -> None:
    if signed_on > clock.business_today():
        _refuse("signed_on", _l("The contract cannot be signed on a day in the future."))
    if signed_on < subscription.signed_on:
        _refuse("signed_on", _l("The contract cannot be signed before the subscription."))


def _read_name(deal: Deal, typed: str | None) -> str:
    if typed is None:
        return "、".join(buyer.customer.name for buyer in deal.buyers)[:_LONGEST_NAME]
    if not 0 < len(typed.strip()) <= _LONGEST_NAME:
        _refuse("customer_name", _l("Enter the names of all buyers, at most 200 characters."))
    return typed.strip()


def _read_unit_code(deal: Deal, typed: str | None) -> str:
    code = deal.unit.code
    if typed is not None and normalise_text(typed) != normalise_text(code):
        _refuse("unit_code", _l("This sale is about unit %(unit)s. Check the paper.", unit=code))
    return code


def _read_area(deal: Deal, typed: Decimal | None) -> Decimal:
    found = deal.unit.gross_area if typed is None else typed
    if found is None or found <= 0:
        _refuse("gross_area", _l("Enter the gross area; the unit has none on record."))
    return found


def _fill_certificate(contract: Contract, typed: str | None) -> None:
    buyers = [buyer.customer for buyer in contract.deal.buyers]
    if typed is None:
        holder = next((buyer for buyer in buyers if buyer.certificate_index), None)
        if holder is None or holder.certificate_index is None:
            _refuse("certificate_no", _l("No buyer has a certificate on record. Enter its number."))
        contract.certificate_index, contract.certificate_masked = (
            holder.certificate_index,
            holder.certificate_masked,
        )
        return
    plain = read_certificate(certificate_kind_of(contract), typed)
    known = {buyer.certificate_index for buyer in buyers if buyer.certificate_index}
    if known and blind_index(plain) not in known:
        _refuse(
            "certificate_no",
            _l("This is not the certificate number on the buyer's record. Check the paper, then the record."),
        )
    contract.certificate_index, contract.certificate_masked = blind_index(plain), mask_certificate(plain)


def _critical_values(contract: Contract) -> dict[str, object]:
    return {
        "customer_name": contract.customer_name,
        "certificate_no": contract.certificate_masked,
        "unit_code": contract.unit_code,
        "gross_area": contract.gross_area,
        "total": contract.total_amount,
        "plan": contract.plan_kind.value,
        "signed_on": contract.signed_on,
    }


def _refuse(field: str, message: Text) -> NoReturn:
    raise InvalidInput(message, [FieldProblem(field, message)])
