"""Finding contracts and their second entries, and what must never be the case."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

from flask_babel import lazy_gettext as _l
from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from salesoffice.contracts.enums import ENDED_CONTRACTS, ContractState
from salesoffice.contracts.models import Contract, ContractCheck
from salesoffice.core.errors import NotFound
from salesoffice.deals.enums import ClaimKind
from salesoffice.deals.models import Claim, Deal
from salesoffice.infra.numbering import last_number
from salesoffice.payments.models import Account
from salesoffice.projects.models import Project

_LARGEST_ID = 2**31 - 1
CONTRACT_SERIES = "contract"
CONTRACT_TEMPLATE = "HT{number:06d}"

CLAIM_KINDS_OF_STATE: Mapping[ContractState, tuple[ClaimKind, ...]] = MappingProxyType(
    {
        ContractState.DRAFT: (ClaimKind.SUBSCRIPTION,),
        ContractState.VERIFIED: (ClaimKind.CONTRACT,),
        ContractState.SIGNED_ONLINE: (ClaimKind.SIGNED_ONLINE,),
        ContractState.FILED: (ClaimKind.FILED, ClaimKind.DELIVERED),
    }
)
"""How far the claim of a unit has come when its contract is in a state; what is filed may be handed over, too."""

SIGNED_STATES = (ContractState.VERIFIED, ContractState.SIGNED_ONLINE, ContractState.FILED)
"""States in which a contract counts as a contract."""


def get_contract(session: Session, contract_id: int) -> Contract:
    """Return a contract; raises NotFound."""
    contract = session.get(Contract, contract_id) if contract_id <= _LARGEST_ID else None
    if contract is None:
        raise NotFound(_l("There is no such contract."))
    return contract


def find_contract_of_deal(session: Session, deal_id: int) -> Contract | None:
    """Find the contract of a deal: the one that is not over, else the last one."""
    statement = (
        select(Contract)
        .where(Contract.deal_id == deal_id)
        .order_by(Contract.state.in_(ENDED_CONTRACTS), Contract.id.desc())
    )
    return session.scalars(statement.limit(1)).first()


def list_contracts_of_deal(session: Session, deal_id: int) -> Sequence[Contract]:
    """List every contract a deal has had, in order."""
    return session.scalars(select(Contract).where(Contract.deal_id == deal_id).order_by(Contract.id)).all()


def is_number_taken(session: Session, project_id: int, number: str, *, except_id: int | None = None) -> bool:
    """Tell whether another contract of the project carries a number."""
    statement = select(Contract.id).where(Contract.project_id == project_id, Contract.number == number)
    found = session.scalars(statement).first()
    return found is not None and found != except_id


def is_number_given_out(session: Session, project_id: int, number: str) -> bool:
    """Tell whether a number belongs to the part of the project's own series that has been given out."""
    last = last_number(session, project_id=project_id, series=CONTRACT_SERIES)
    found = re.search(r"[0-9]+", number)
    position = int(found[0]) if found else 0
    return 0 < position <= last and CONTRACT_TEMPLATE.format(number=position) == number


def find_last_check(session: Session, contract_id: int) -> ContractCheck | None:
    """Find the last second entry of a contract."""
    statement = select(ContractCheck).where(ContractCheck.contract_id == contract_id)
    return session.scalars(statement.order_by(ContractCheck.id.desc()).limit(1)).first()


def find_breaches(session: Session) -> Iterator[str]:
    """Yield in words everything about contracts that must never be the case."""
    yield from _find_wrong_totals(session)
    yield from _find_wrong_claims(session)
    yield from _find_unchecked(session)
    yield from _find_missing_numbers(session)


def _find_wrong_totals(session: Session) -> Iterator[str]:
    price = Account.total_amount - Account.area_difference_amount
    statement = (
        select(Contract.number, Contract.total_amount, price)
        .join(Deal, Deal.id == Contract.deal_id)
        .join(Account, Account.id == Deal.account_id)
        .where(Contract.state.in_(SIGNED_STATES), Contract.total_amount != price)
        .order_by(Contract.id)
    )
    for number, total, account_total in session.execute(statement):
        yield f"contract {number}: {total} fen, but its account is over {account_total}"


def _find_wrong_claims(session: Session) -> Iterator[str]:
    agrees = or_(
        *(
            and_(Contract.state == state, Claim.kind.in_(kinds), Claim.document_id == Contract.id)
            for state, kinds in CLAIM_KINDS_OF_STATE.items()
            if state in SIGNED_STATES
        )
    )
    statement = (
        select(Contract.number, Contract.state)
        .outerjoin(Claim, and_(Claim.deal_id == Contract.deal_id, Claim.closed_at.is_(None), agrees))
        .where(Contract.state.in_(SIGNED_STATES), Claim.id.is_(None))
        .order_by(Contract.id)
    )
    for number, state in session.execute(statement):
        yield f"contract {number}: {state.value}, but the claim on its unit does not say so"


def _find_unchecked(session: Session) -> Iterator[str]:
    statement = select(Contract).where(Contract.state.in_(SIGNED_STATES)).order_by(Contract.id)
    for contract in session.scalars(statement):
        check = find_last_check(session, contract.id)
        if check is None or json.loads(check.differences) or check.checked_by_id != contract.verified_by_id:
            yield f"contract {contract.number}: verified without an equal second entry"


def _find_missing_numbers(session: Session) -> Iterator[str]:
    for project_id in session.scalars(select(Project.id).order_by(Project.id)):
        last = last_number(session, project_id=project_id, series=CONTRACT_SERIES)
        used = set(session.scalars(select(Contract.number).where(Contract.project_id == project_id)))
        for number in range(1, last + 1):
            if CONTRACT_TEMPLATE.format(number=number) not in used:
                yield f"project {project_id}: contract {CONTRACT_TEMPLATE.format(number=number)} is missing"
