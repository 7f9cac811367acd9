"""The number of a contract: of a numbered form where there is a register, else given out or the one on the paper."""

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
from salesoffice.core.permissions import Actor
from salesoffice.infra.numbering import next_number
from salesoffice.stationery.enums import FormKind
from salesoffice.stationery.queries import find_form_of
from salesoffice.stationery.services import choose_form, give_back_form, spoil_form, take_form, use_form

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


def take_number(session: Session, contract: Contract, typed: str | None, *, actor: Actor) -> str:
    """Return the number a contract gets: the one typed from the paper, else the next one.

    Where the project keeps a register of contract forms, both come from it (refused as in `stationery.choose_form`);
    `reserve_form` follows when the contract is written. Else the next is that of the project's series. Refused: a
    number too long or empty (InvalidInput), one that is used (ContractNumberTaken).
    """
    number = _choose_number(session, contract, typed or "", actor)
    if number is not None:
        return _check_number(session, contract, number)
    if typed is not None:
        return _check_number(session, contract, typed)
    while True:
        number = next_number(
            session, project_id=contract.project_id, series=CONTRACT_SERIES, template=CONTRACT_TEMPLATE
        )
        if not is_number_taken(session, contract.project_id, number):
            return number


def replace_number(session: Session, contract: Contract, typed: str, *, actor: Actor) -> str:
    """Return the number that takes the place of a draft's; refused like `take_number`, and with NumberGivenOut."""
    has_form = find_form_of(session, contract.__tablename__, contract.id) is not None
    if not has_form and is_number_given_out(session, contract.project_id, contract.number):
        raise NumberGivenOut(contract.number)
    return _check_number(session, contract, _choose_number(session, contract, typed.strip(), actor) or typed)


def reserve_form(session: Session, contract: Contract, *, actor: Actor) -> None:
    """Reserve the form with the number of a written contract, and give back another one that it had."""
    release_form(session, contract, actor=actor)
    take_form(
        session,
        project_id=contract.project_id,
        kind=FormKind.CONTRACT,
        actor=actor,
        subject_kind=contract.__tablename__,
        subject_id=contract.id,
        number=contract.number,
    )


def use_reserved_form(session: Session, contract: Contract, *, actor: Actor) -> None:
    """Note that the form of a contract is used; nothing for a contract without one."""
    form = find_form_of(session, contract.__tablename__, contract.id)
    if form is not None:
        use_form(session, form, actor=actor)


def release_form(session: Session, contract: Contract, *, actor: Actor, spoilt_reason: str = "") -> None:
    """Give back the form of a draft that ends, or note that it is spoilt; nothing for a contract without one.

    A number that goes back is marked on the draft that gives it up (`HT-001 #12`), so that the next contract gets it.
    """
    form = find_form_of(session, contract.__tablename__, contract.id)
    if form is None:
        return
    if spoilt_reason:
        spoil_form(session, form, actor=actor, reason=spoilt_reason, is_discarded=True)
    else:
        give_back_form(session, form, actor=actor)
        if contract.number == form.number:
            mark = f" #{contract.id}"
            contract.number = form.number[: _LONGEST_NUMBER - len(mark)] + mark
            session.flush()


def flush_number(session: Session, contract: Contract) -> None:
    """Write a contract; the loser of two that enter the same number at once gets ContractNumberTaken."""
    number = contract.number
    try:
        session.flush()
    except IntegrityError as error:
        if any(key in str(error.orig) for key in _NUMBER_KEYS):
            raise ContractNumberTaken(number) from error
        raise


def _choose_number(session: Session, contract: Contract, wanted: str, actor: Actor) -> str | None:
    form = choose_form(
        session, project_id=contract.project_id, kind=FormKind.CONTRACT, actor=actor, number=wanted.strip()
    )
    return None if form is None else form.number


def _check_number(session: Session, contract: Contract, typed: str) -> str:
    number = typed.strip()
    if not 0 < len(number) <= _LONGEST_NUMBER:
        message = _l("A contract number has 1 to 60 characters.")
        raise InvalidInput(message, [FieldProblem("contract_no", message)])
    if is_number_taken(session, contract.project_id, number, except_id=contract.id):
        raise ContractNumberTaken(number)
    return number
