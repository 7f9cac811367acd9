"""Pre-sale permits."""

from collections.abc import Collection
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from salesoffice.core import clock
from salesoffice.core.errors import DomainError, FieldProblem, InvalidInput
from salesoffice.core.permissions import Actor
from salesoffice.infra import audit
from salesoffice.infra.db import lock_rows
from salesoffice.infra.i18n import _l
from salesoffice.inventory.models import Building, Permit, PermitBuilding, PermitUnit, Unit
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
    unit_ids: Collection[int] = (),
    supervised_account: str = "",
) -> Permit:
    """Enter a permit for some buildings and single units, or for the whole project when none is given.

    From its day of issue the released units it covers are free. Refused: a number that is taken
    (PermitNumberTaken), a missing number, a day in the future, a building or unit of another project (InvalidInput).
    """
    text = " ".join(number.split())
    _check_permit(text, issued_on)
    buildings = _get_buildings(session, project_id, building_ids)
    units = _get_units(session, project_id, unit_ids)
    lock_project(session, project_id)
    if session.scalar(select(Permit.id).where(Permit.project_id == project_id, Permit.number == text)):
        raise PermitNumberTaken(text)
    permit = Permit(
        project_id=project_id,
        number=text,
        issued_on=issued_on,
        is_project_wide=not buildings and not units,
        supervised_account=" ".join(supervised_account.split()),
        created_at=clock.now(),
    )
    session.add(permit)
    session.flush()
    session.add_all(PermitBuilding(permit_id=permit.id, building_id=building_id) for building_id in buildings)
    session.add_all(PermitUnit(permit_id=permit.id, unit_id=unit_id) for unit_id in units)
    session.flush()
    audit.record(
        session,
        action="permit.added",
        actor=actor,
        project_id=project_id,
        subject=permit,
        after={
            "number": text,
            "issued_on": issued_on,
            "buildings": sorted(buildings.values()),
            "units": sorted(units.values()),
        },
    )
    return permit


def publish_permit(session: Session, permit: Permit, *, actor: Actor, published_on: date) -> Permit:
    """Note the business day on which all units of a permit and their prices were made public.

    Noting it twice changes nothing. Refused (InvalidInput): a day before the issue or in the future.
    """
    permit = lock_rows(session, select(Permit).where(Permit.id == permit.id))[0]
    if permit.published_on is not None:
        return permit
    if not permit.issued_on <= published_on <= clock.business_today():
        text = _l("Enter a day from the day of issue until today.")
        raise InvalidInput(_l("The publication was not noted."), [FieldProblem("published_on", text)])
    permit.published_on, permit.published_by_id = published_on, actor.id
    session.flush()
    audit.record(
        session,
        action="permit.published",
        actor=actor,
        project_id=permit.project_id,
        subject=permit,
        after={"number": permit.number, "published_on": published_on},
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


def _get_units(session: Session, project_id: int, unit_ids: Collection[int]) -> dict[int, str]:
    statement = select(Unit.id, Unit.code).where(Unit.project_id == project_id, Unit.id.in_(unit_ids))
    found = dict(session.execute(statement).all())
    if set(unit_ids) - found.keys():
        problem = FieldProblem("units", _l("Choose units of this project."))
        raise InvalidInput(_l("The permit was not entered."), [problem])
    return found
