"""What a change of the sale does to a contract that stands: its figures and names, or its end by a swap."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from salesoffice.contracts.enums import ContractState
from salesoffice.contracts.models import Contract
from salesoffice.contracts.services.locking import check_step, record_change
from salesoffice.contracts.services.numbers import release_form
from salesoffice.core import clock
from salesoffice.core.permissions import Actor
from salesoffice.payments.enums import PlanKind


@dataclass(frozen=True)
class Amendment:
    """What of a contract changes; None stays. `certificate` is the blind index and the masked number; fen."""

    total: int | None = None
    plan: PlanKind | None = None
    customer_name: str | None = None
    certificate: tuple[str, str] | None = None


def amend_contract(
    session: Session, contract: Contract, *, actor: Actor, amendment: Amendment, reason: str
) -> Contract:
    """Bring a verified contract, whose unit is locked, in line with a change that was agreed; the second entry stays."""
    before = _values_of(contract)
    if amendment.total is not None:
        contract.total_amount = amendment.total
    if amendment.plan is not None:
        contract.plan_kind = amendment.plan
    if amendment.customer_name is not None:
        contract.customer_name = amendment.customer_name
    if amendment.certificate is not None:
        contract.certificate_index, contract.certificate_masked = amendment.certificate
    session.flush()
    after = {**_values_of(contract), "reason": reason}
    record_change(session, contract, "contract.amended", actor, before=before, after=after)
    return contract


def end_by_swap(session: Session, contract: Contract, *, actor: Actor, reason: str, on: date) -> Contract:
    """Note that a contract is over because its sale goes on with another unit; its unit is locked.

    The form of a draft goes back to where it was taken from. Refused with WrongState when it is filed or over.
    """
    check_step(contract, ContractState.SWAPPED)
    before = contract.state
    contract.state, contract.cancelled_at, contract.cancelled_on = ContractState.SWAPPED, clock.now(), on
    contract.cancel_reason = reason
    session.flush()
    if before is ContractState.DRAFT:
        release_form(session, contract, actor=actor)
    record_change(
        session,
        contract,
        "contract.swapped",
        actor,
        before={"state": before.value},
        after={"reason": reason},
    )
    return contract


def _values_of(contract: Contract) -> Mapping[str, object]:
    return {
        "customer_name": contract.customer_name,
        "certificate_no": contract.certificate_masked,
        "total": contract.total_amount,
        "plan": contract.plan_kind.value,
    }
