"""The number of a contract: given out without gaps, or the one on the paper."""

from flask_babel import lazy_gettext as _l
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from salesoffice.contracts.models import Contract
from salesoffice.contracts.queries import (
    CONTRACT_SERIES,
    CONTRACT_TEMPLATE,
    is_number_given_out,
    is_number_taken,
)
from salesoffice.core.errors import DomainError, FieldProblem, InvalidInput
from salesoffice.infra.numbering import next_number

_LONGEST_NUMBER = 60
_NUMBER_KEYS = ("uq_contracts_project_id_number", "contracts.project_id, contracts.number")


class ContractNumberTaken(DomainError):
    """Another contract carries the number."""

    def __init__(self, number: str) -> None:
        message = _l("Contract number %(number)s is used already. Check the paper.", number=number)
        problem = FieldProblem("contract_no", message)
        super().__init__(message, code="contract_number_taken", errors=[problem], number=number)


class NumberGivenOut(DomainError):
    """The draft carries a number of the office's own series, in which no number may be missing."""

    def __init__(self, number: str) -> None:
        message = _l(
            "Number %(number)s was given out to this draft and stays with it. Discard the draft, then enter the "
            "contract under the number on the paper.",
            number=number,
        )
        problem = FieldProblem("contract_no", message)
        super().__init__(message, code="contract_number_given_out", errors=[problem], number=number)


def take_number(session: Session, contract: Contract, typed: str | None) -> str:
    """Return the number a contract gets: the one typed from the paper, else the next of the project's series.

    Refused: a number too long or empty (InvalidInput), one that is used (ContractNumberTaken).
    """
    if typed is not None:
        return _check_number(session, contract, typed)
    while True:
        number = next_number(
            session, project_id=contract.project_id, series=CONTRACT_SERIES, template=CONTRACT_TEMPLATE
        )
        if not is_number_taken(session, contract.project_id, number):
            return number


def replace_number(session: Session, contract: Contract, typed: str) -> str:
    """Return the number that takes the place of a draft's; refused like `take_number`, and with NumberGivenOut."""
    if is_number_given_out(session, contract.project_id, contract.number):
        raise NumberGivenOut(contract.number)
    return _check_number(session, contract, typed)


def flush_number(session: Session, contract: Contract) -> None:
    """Write a contract; the loser of two that enter the same number at once gets ContractNumberTaken."""
    number = contract.number
    try:
        session.flush()
    except IntegrityError as error:
        if any(key in str(error.orig) for key in _NUMBER_KEYS):
            raise ContractNumberTaken(number) from error
        raise


def _check_number(session: Session, contract: Contract, typed: str) -> str:
    number = typed.strip()
    if not 0 < len(number) <= _LONGEST_NUMBER:
        message = _l("A contract number has 1 to 60 characters.")
        raise InvalidInput(message, [FieldProblem("contract_no", message)])
    if is_number_taken(session, contract.project_id, number, except_id=contract.id):
        raise ContractNumberTaken(number)
    return number
