"""Deciding whose entry was wrong where two entries of a contract differed."""

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from salesoffice.contracts.enums import Culprit
from salesoffice.contracts.models import CheckResolution, Contract
from salesoffice.contracts.queries import get_check, list_first_persons, read_differences
from salesoffice.contracts.services.locking import lock_contract, record_change
from salesoffice.core import clock
from salesoffice.core.errors import DomainError, FieldProblem, InvalidInput, NotAllowed
from salesoffice.core.permissions import Actor


class DifferenceResolved(DomainError):
    """Somebody has decided otherwise already; a decision stands."""

    def __init__(self, culprit: Culprit) -> None:
        message = _l("This was decided already: %(culprit)s. The decision stands.", culprit=culprit.label)
        super().__init__(message, code="difference_resolved", culprit=culprit.value)


def resolve_difference(
    session: Session, contract: Contract, check_id: int, *, actor: Actor, field: str, culprit: Culprit
) -> CheckResolution:
    """Decide, from the paper, whose entry of one field was wrong; one of the two persons may decide it, too.

    `field` is the API's name (`total_fen`). The same decision again changes nothing. Refused: a second entry of another
    contract (NotFound), a field that did not differ (InvalidInput), another decision than the one made
    (DifferenceResolved).
    """
    if actor.id is None:
        raise NotAllowed(_l("Only a person decides this."))
    contract = lock_contract(session, contract)
    check = get_check(session, contract.id, check_id)
    if field not in {item["field"] for item in read_differences(check)}:
        message = _l("The two entries do not differ in this field.")
        raise InvalidInput(message, [FieldProblem("field", message)])
    statement = select(CheckResolution).where(
        CheckResolution.check_id == check.id, CheckResolution.field == field
    )
    earlier = session.scalars(statement.execution_options(populate_existing=True)).first()
    if earlier is not None:
        if earlier.culprit is not culprit:
            raise DifferenceResolved(earlier.culprit)
        return earlier
    persons = list_first_persons(session, select(Contract.id).where(Contract.id == contract.id))
    resolution = CheckResolution(
        check_id=check.id,
        field=field,
        culprit=culprit,
        first_by_id=persons.get(check.id, contract.entered_by_id),
        second_by_id=check.checked_by_id,
        resolved_at=clock.now(),
        resolved_by_id=actor.id,
    )
    session.add(resolution)
    session.flush()
    after = {"field": field, "culprit": culprit.value}
    record_change(session, contract, "contract.difference_resolved", actor, after=after)
    return resolution
