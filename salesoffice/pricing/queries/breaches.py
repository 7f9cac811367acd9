"""What must never be the case with prices."""

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from salesoffice.inventory.models import Unit
from salesoffice.pricing.enums import PriceVersionState
from salesoffice.pricing.models import PriceVersion, UnitPrice


def find_breaches(session: Session) -> Iterator[str]:
    """Yield what is wrong with the prices of any project, in words: versions and their numbers, prices astray."""
    newest: dict[int, int] = {}
    in_force: dict[int, int] = {}
    for version in session.scalars(
        select(PriceVersion).order_by(PriceVersion.project_id, PriceVersion.number)
    ):
        where = f"price version {version.number} of project {version.project_id}"
        if version.number != newest.get(version.project_id, 0) + 1:
            yield f"{where}: follows {newest.get(version.project_id, 0)}"
        newest[version.project_id] = version.number
        if version.state is PriceVersionState.IN_FORCE:
            in_force[version.project_id] = in_force.get(version.project_id, 0) + 1
        if (version.state is PriceVersionState.SUPERSEDED) != (version.superseded_at is not None):
            yield f"{where}: state {version.state} does not go with its end"
    for project_id in newest:
        if in_force.get(project_id, 0) != 1:
            yield f"project {project_id}: {in_force.get(project_id, 0)} price versions in force"
    yield from _find_astray(session)


def _find_astray(session: Session) -> Iterator[str]:
    statement = (
        select(PriceVersion.project_id, PriceVersion.number, Unit.code)
        .join(UnitPrice, UnitPrice.version_id == PriceVersion.id)
        .join(Unit, Unit.id == UnitPrice.unit_id)
        .where(Unit.project_id != PriceVersion.project_id)
    )
    for project_id, number, code in session.execute(statement):
        yield f"price version {number} of project {project_id}: unit {code} belongs to another project"
