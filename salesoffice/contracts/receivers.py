"""What contracts tell features further right: a subscription with a contract, were it a draft, is not cancelled."""

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from salesoffice.contracts.enums import ContractState
from salesoffice.contracts.models import Contract
from salesoffice.core.errors import WrongState
from salesoffice.reservations.signals import judges_cancelling


@judges_cancelling
def refuse_with_contract(session: Session, deal_id: int) -> None:
    """Refuse with WrongState while the deal has a contract that is not cancelled."""
    statement = select(Contract.id).where(
        Contract.deal_id == deal_id, Contract.state != ContractState.CANCELLED
    )
    if session.scalars(statement.limit(1)).first() is not None:
        raise WrongState(_l("A contract has been entered for this agreement. Cancel the contract first."))
