"""What every change of a contract begins with: its unit locked, itself read afresh."""

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from salesoffice.contracts.enums import CONTRACT_STEPS, ContractState
from salesoffice.contracts.models import Contract
from salesoffice.core.errors import NotFound, WrongState
from salesoffice.core.permissions import Actor
from salesoffice.deals.models import Claim
from salesoffice.deals.queries import find_open_claim
from salesoffice.deals.services import lock_unit
from salesoffice.infra import audit
from salesoffice.infra.db import lock_rows


def lock_contract(session: Session, contract: Contract) -> Contract:
    """Lock the unit of a contract, then the contract, and return it fresh; raises NotFound."""
    lock_unit(session, contract.deal.unit_id)
    found = lock_rows(session, select(Contract).where(Contract.id == contract.id))
    if not found:
        raise NotFound(_l("There is no such contract."))
    return found[0]


def check_step(contract: Contract, wanted: ContractState) -> None:
    """Refuse with WrongState to bring a contract into a state that does not follow."""
    if wanted in CONTRACT_STEPS[contract.state]:
        return
    if contract.state is ContractState.FILED and wanted is ContractState.CANCELLED:
        raise WrongState(_l("This contract is filed. Have the filing withdrawn before it is cancelled."))
    raise WrongState(
        _l("The contract is “%(state)s”; this is not possible now.", state=contract.state.label),
        state=contract.state.value,
    )


def get_claim(session: Session, contract: Contract) -> Claim:
    """Return the open claim of the contract's deal; refuses with WrongState when the deal has ended."""
    claim = find_open_claim(session, contract.deal.unit_id)
    if claim is None or claim.deal_id != contract.deal_id:
        raise WrongState(_l("This deal has ended; nothing can be signed any more."))
    return claim


def record_change(
    session: Session,
    contract: Contract,
    action: str,
    actor: Actor,
    *,
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
) -> None:
    """Write a change of a contract into the audit, with its unit."""
    audit.record(
        session,
        action=action,
        actor=actor,
        project_id=contract.project_id,
        subject=contract,
        unit_id=contract.deal.unit_id,
        before=before,
        after={"number": contract.number, "state": contract.state.value, **(after or {})},
    )
