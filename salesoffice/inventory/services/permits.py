"""Pre-sale permits."""

from collections.abc import Collection
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from salesoffice.core import clock
from salesoffice.core.errors import DomainError, FieldProblem, InvalidInput
from salesoffice.core.permissions import Actor
from salesoffice.infra import audit
from salesoffice.infra.i18n import _l
from salesoffice.inventory.models import Building, Permit, PermitBuilding
from salesoffice.inventory.services.places import lock_project

_LONGEST_NUMBER = 60


class PermitNumberTaken(DomainError):
    """The project has a permit of this number already."""

    def __init__(self, number: str) -> None:
        message = _l("Permit %(number)s is entered already.", number=number)
        super().__init__(message, code="permit_number_taken", errors=[FieldProblem("number", message)])


def add_permit(
    session: Session,
    project_id: int,
    *,
    actor: Actor,
    number: str,
    issued_on: date,
    building_ids: Collection[int] = (),
    supervised_account: str = "",
) -> Permit:
    """Enter a permit for some buildings, or for the whole project when none is given.

    From its day of issue the released units it covers are free. Refused: a number that is taken
    (PermitNumberTaken), a missing number, a day in the future or a building of another project (InvalidInput).
    """
    text = " ".join(number.split())
    _check_permit(text, issued_on)
    buildings = _get_buildings(session, project_id, building_ids)
    lock_project(session, project_id)
    if session.scalar(select(Permit.id).where(Permit.project_id == project_id, Permit.number == text)):
        raise PermitNumberTaken(text)
    permit = Permit(
        project_id=project_id,
        number=text,
        issued_on=issued_on,
        is_project_wide=not buildings,
        supervised_account=" ".join(supervised_account.split()),
        created_at=clock.now(),
    )
    session.add(permit)
    session.flush()
    session.add_all(PermitBuilding(permit_id=permit.id, building_id=building_id) for building_id in buildings)
    session.flush()
    audit.record(
        session,
        action="permit.added",
        actor=actor,
        project_id=project_id,
        subject=permit,
        after={"number": text, "issued_on": issued_on, "buildings": sorted(buildings.values())},
    )
    return permit


def _check_permit(number: str, issued_on: date) -> None:
    problems = []
    if not 0 < len(number) <= _LONGEST_NUMBER:
        problems.append(FieldProblem("number", _l("Enter the number as it stands on the permit.")))
    if issued_on > clock.business_today():
        problems.append(FieldProblem("issued_on", _l("A permit is entered once it is issued.")))
    if problems:
        raise InvalidInput(_l("The permit was not entered."), problems)


def _get_buildings(session: Session, project_id: int, building_ids: Collection[int]) -> dict[int, str]:
    statement = select(Building.id, Building.name).where(
        Building.project_id == project_id, Building.id.in_(building_ids)
    )
    found = dict(session.execute(statement).all())
    if set(building_ids) - found.keys():
        problem = FieldProblem("buildings", _l("Choose buildings of this project."))
        raise InvalidInput(_l("The permit was not entered."), [problem])
    return found
