"""Reading what the sanity rules check."""

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from salesoffice.inventory.enums import ReleaseState
from salesoffice.inventory.models import Floor, ReleaseBatchUnit, Unit
from salesoffice.pricing.models import PriceVersion
from salesoffice.pricing.queries.limits import find_project_limits, find_rules
from salesoffice.pricing.queries.versions import list_drafts
from salesoffice.pricing.rules import CheckedUnit, Finding, check_prices


def check_version(session: Session, version: PriceVersion) -> list[Finding]:
    """Check the prices of a version against what it was made from, the limits and the rules of its project."""
    return check_prices(
        list_checked(session, version),
        find_project_limits(session, version.project_id),
        find_rules(session, version.project_id),
    )


def list_checked(session: Session, version: PriceVersion) -> list[CheckedUnit]:
    """List all units of the version's project with the prices before and in it."""
    base = session.get(PriceVersion, version.base_version_id) if version.base_version_id else None
    old, new = list_drafts(session, base) if base else {}, list_drafts(session, version)
    in_batch = exists().where(ReleaseBatchUnit.unit_id == Unit.id)
    statement = (
        select(
            Unit.id,
            Unit.code,
            Unit.building_id,
            Unit.section_id,
            Unit.line,
            Floor.number,
            Unit.release_state,
            in_batch,
        )
        .join(Floor, Floor.id == Unit.floor_id)
        .where(Unit.project_id == version.project_id)
        .order_by(Unit.code)
    )
    return [
        CheckedUnit(
            unit_id=unit_id,
            code=code,
            line=(building_id, section_id, line) if line else None,
            floor=floor,
            needs_price=state is not ReleaseState.UNRELEASED or is_in_batch,
            old=old.get(unit_id),
            new=new.get(unit_id),
        )
        for unit_id, code, building_id, section_id, line, floor, state, is_in_batch in session.execute(
            statement
        )
    ]
