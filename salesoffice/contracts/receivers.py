"""What contracts tell features further right: that a subscription has one, and whose number a form carries."""

from collections.abc import Collection, Mapping

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from salesoffice.contracts.enums import ENDED_CONTRACTS
from salesoffice.contracts.models import Contract
from salesoffice.core.errors import WrongState
from salesoffice.deals.models import Deal
from salesoffice.reservations.signals import judges_cancelling
from salesoffice.stationery.signals import DocumentFacts, names_documents


@judges_cancelling
def refuse_with_contract(session: Session, deal_id: int) -> None:
    """Refuse with WrongState while the deal has a contract that is not over."""
    statement = select(Contract.id).where(Contract.deal_id == deal_id, Contract.state.not_in(ENDED_CONTRACTS))
    if session.scalars(statement.limit(1)).first() is not None:
        raise WrongState(_l("A contract has been entered for this agreement. Cancel the contract first."))


@names_documents(Contract.__tablename__)
def name_contracts(session: Session, ids: Collection[int]) -> Mapping[int, DocumentFacts]:
    """Name contracts by id, with the numbers of their deals."""
    statement = (
        select(Contract.id, Contract.number, Deal.number)
        .join(Deal, Deal.id == Contract.deal_id)
        .where(Contract.id.in_(ids))
    )
    return {
        contract_id: DocumentFacts(_l("Contract"), number, deal)
        for contract_id, number, deal in session.execute(statement)
    }
