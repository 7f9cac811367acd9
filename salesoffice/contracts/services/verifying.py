"""The second person's entry: blind, compared field by field, every attempt on record."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from salesoffice.contracts.enums import ContractState
from salesoffice.contracts.models import Contract, ContractCheck
from salesoffice.contracts.rules import CriticalFields, Difference, check_agreed, differences
from salesoffice.contracts.services.entries import certificate_kind_of, read_certificate
from salesoffice.contracts.services.locking import check_step, get_claim, lock_contract, record_change
from salesoffice.contracts.services.numbers import use_reserved_form
from salesoffice.contracts.signals import tell_verified
from salesoffice.core import clock
from salesoffice.core.errors import DomainError, FieldProblem, SelfApproval, WrongState
from salesoffice.core.money import format_yuan
from salesoffice.core.permissions import Actor
from salesoffice.core.text import mask_certificate
from salesoffice.deals.enums import ClaimKind, Stage
from salesoffice.deals.services import advance_claim, check_stage
from salesoffice.infra.crypto import blind_index
from salesoffice.payments.models import Account
from salesoffice.payments.services.accounts import lock_account
from salesoffice.reservations.enums import SubscriptionState

FIELD_LABELS: Mapping[str, LazyString] = MappingProxyType(
    {
        "customer_name": _l("Names of the buyers"),
        "certificate_no": _l("Certificate number"),
        "unit_code": _l("Unit"),
        "gross_area": _l("Gross area"),
        "total_amount": _l("Total price"),
        "signed_on": _l("Signed on"),
    }
)
"""The critical fields for people, in the order in which they are compared."""

_FIELD_OF_API: Mapping[str, str] = MappingProxyType({"total_amount": "total_fen"})

FIELD_OF_API: Mapping[str, str] = MappingProxyType({api: name for name, api in _FIELD_OF_API.items()})
"""The fields whose name in the API and in kept differences is another one, by that name."""

LABELS_OF_API: Mapping[str, LazyString] = MappingProxyType(
    {_FIELD_OF_API.get(name, name): label for name, label in FIELD_LABELS.items()}
)
"""The critical fields for people by the names that kept differences use."""


@dataclass(frozen=True)
class Verification:
    """What a second entry led to; the certificate number is masked in the differences."""

    contract: Contract
    check: ContractCheck
    differences: tuple[Difference, ...]

    @property
    def is_verified(self) -> bool:
        """Whether both entries are equal."""
        return not self.differences


class DifferingFields(DomainError):
    """The two entries differ; `errors` has both values of each field, `differences` the same as data."""

    def __init__(self, verification: Verification) -> None:
        self.verification = verification
        problems = [
            FieldProblem(
                _FIELD_OF_API.get(item.field, item.field),
                _l(
                    "First entry: %(first)s. Second entry: %(second)s.",
                    first=show_value(item.field, item.first),
                    second=show_value(item.field, item.second),
                ),
            )
            for item in verification.differences
        ]
        super().__init__(
            _l("The two entries differ. Check the paper; the draft is corrected or entered once more."),
            code="entries_differ",
            errors=problems,
            differences=_as_data(verification.differences),
        )


def verify_contract(
    session: Session, contract: Contract, *, actor: Actor, fields: CriticalFields
) -> Verification:
    """Compare a second person's entry with the first one and keep the attempt.

    Equal: the contract is verified, the claim on the unit moves on to it, the subscription is converted. Different:
    nothing but the attempt is kept; the caller shows the differences. Refused: SelfApproval for the first person,
    WrongState for a contract that is not a draft or whose deal has ended, a price or plan that no longer agrees with
    the account (ScheduleMismatch, PlanMismatch), papers missing for the stage CONTRACT, a certificate number that cannot be right (CertificateInvalid).
    """
    contract = lock_contract(session, contract)
    check_step(contract, ContractState.VERIFIED)
    if contract.entered_by_id == actor.id:
        raise SelfApproval(_l("You entered this contract yourself; another person has to enter it again."))
    found = _compare(contract, fields)
    check = keep_check(session, contract, actor=actor, found=found)
    if not found:
        _accept(session, contract, actor)
    return Verification(contract, check, found)


def keep_check(
    session: Session, contract: Contract, *, actor: Actor, found: Sequence[Difference]
) -> ContractCheck:
    """Keep a second entry with its differences; they carry no whole certificate number."""
    check = ContractCheck(
        contract_id=contract.id,
        checked_at=clock.now(),
        checked_by_id=actor.id,
        differences=json.dumps(_as_data(found), ensure_ascii=False),
    )
    session.add(check)
    session.flush()
    if found:
        record_change(
            session, contract, "contract.checked", actor, after={"differing": [item.field for item in found]}
        )
    return check


def show_value(field: str, value: object) -> str:
    """Write a critical field for people."""
    if field == "total_amount":
        return format_yuan(int(str(value)))
    return f"{value} m²" if field == "gross_area" else str(value)


def _compare(contract: Contract, fields: CriticalFields) -> tuple[Difference, ...]:
    plain = read_certificate(certificate_kind_of(contract), fields.certificate_no)
    first = CriticalFields(
        customer_name=contract.customer_name,
        certificate_no=contract.certificate_index,
        unit_code=contract.unit_code,
        gross_area=contract.gross_area,
        total_amount=contract.total_amount,
        signed_on=contract.signed_on,
    )
    found = differences(first, replace(fields, certificate_no=blind_index(plain)))
    return tuple(
        Difference(item.field, contract.certificate_masked, mask_certificate(plain))
        if item.field == "certificate_no"
        else item
        for item in found
    )


def _accept(session: Session, contract: Contract, actor: Actor) -> None:
    claim = get_claim(session, contract)
    subscription = contract.subscription
    if subscription.state is not SubscriptionState.ACTIVE:
        raise WrongState(_l("The subscription of this contract is not active any more."))
    check_stage(session, contract.deal, Stage.CONTRACT, actor=actor)
    account = _lock_account_of(session, contract)
    check_agreed(
        total=contract.total_amount,
        plan=contract.plan_kind,
        agreed_total=account.total_amount,
        agreed_plan=account.plan_kind,
    )
    contract.state = ContractState.VERIFIED
    contract.verified_at = clock.now()
    contract.verified_on = clock.business_day_of(contract.verified_at)
    contract.verified_by_id = actor.id
    subscription.state = SubscriptionState.CONVERTED
    session.flush()
    use_reserved_form(session, contract, actor=actor)
    advance_claim(session, claim, actor=actor, kind=ClaimKind.CONTRACT, document_id=contract.id)
    record_change(
        session,
        contract,
        "contract.verified",
        actor,
        before={"state": ContractState.DRAFT.value},
        after={"total": contract.total_amount, "signed_on": contract.signed_on},
    )
    tell_verified(session, contract, actor)


def _lock_account_of(session: Session, contract: Contract) -> Account:
    if contract.deal.account_id is None:
        raise WrongState(_l("This deal has no account; nothing can be signed."))
    return lock_account(session, contract.deal.account_id)


def _as_data(found: Sequence[Difference]) -> list[dict[str, str]]:
    return [
        {
            "field": _FIELD_OF_API.get(item.field, item.field),
            "first": str(item.first),
            "second": str(item.second),
        }
        for item in found
    ]
