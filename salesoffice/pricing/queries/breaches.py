"""What must never be the case with prices."""

from collections import defaultdict
from collections.abc import Iterator

from sqlalchemy import and_, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from salesoffice.inventory.models import Unit
from salesoffice.pricing.enums import PriceVersionState
from salesoffice.pricing.models import PriceLimit, PriceVersion, UnitPrice

_FORCED = frozenset({PriceVersionState.IN_FORCE, PriceVersionState.SUPERSEDED})
_SUBMITTED = frozenset({PriceVersionState.SUBMITTED, PriceVersionState.APPROVED})


def find_breaches(session: Session) -> Iterator[str]:
    """Yield what is wrong with the prices of any project, in words: versions, prices astray, limits."""
    newest: dict[int, int] = {}
    states: dict[int, list[PriceVersionState]] = defaultdict(list)
    for version in session.scalars(
        select(PriceVersion).order_by(PriceVersion.project_id, PriceVersion.number)
    ):
        where = f"price version {version.number} of project {version.project_id}"
        if version.number != newest.get(version.project_id, 0) + 1:
            yield f"{where}: follows {newest.get(version.project_id, 0)}"
        newest[version.project_id] = version.number
        states[version.project_id].append(version.state)
        for words in _judge_moments(version):
            yield f"{where}: {words}"
    for project_id, found in states.items():
        count = found.count(PriceVersionState.IN_FORCE)
        if count != 1 and _FORCED & set(found):
            yield f"project {project_id}: {count} price versions in force"
    yield from _find_astray(session)
    yield from _find_incomplete(session)
    yield from _find_wrong_limits(session)


def _judge_moments(version: PriceVersion) -> Iterator[str]:
    state = version.state
    if (state is PriceVersionState.SUPERSEDED) != (version.superseded_at is not None):
        yield f"state {state} does not go with its end"
    if state in _FORCED and version.in_force_from is None:
        yield f"state {state} without the moment it came into force"
    if (
        version.superseded_at is not None
        and version.in_force_from is not None
        and version.superseded_at < version.in_force_from
    ):
        yield "superseded before it came into force"
    if state in _SUBMITTED and version.submitted_at is None:
        yield f"state {state}, but nobody submitted it"
    was_decided = version.base_version_id is not None or version.submitted_at is not None
    needs_approval = state is PriceVersionState.APPROVED or (state in _FORCED and was_decided)
    if needs_approval and version.approved_by_id is None:
        yield f"state {state}, but nobody approved it"
    if version.approved_by_id is not None and version.approved_by_id in {
        version.created_by_id,
        version.submitted_by_id,
    }:
        yield "approved by who made or submitted it"


def _find_astray(session: Session) -> Iterator[str]:
    statement = (
        select(PriceVersion.project_id, PriceVersion.number, Unit.code)
        .join(UnitPrice, UnitPrice.version_id == PriceVersion.id)
        .join(Unit, Unit.id == UnitPrice.unit_id)
        .where(Unit.project_id != PriceVersion.project_id)
    )
    for project_id, number, code in session.execute(statement):
        yield f"price version {number} of project {project_id}: unit {code} belongs to another project"


def _find_incomplete(session: Session) -> Iterator[str]:
    """A version is made whole: it has every unit of the one that it was made from."""
    own = aliased(UnitPrice)
    has_own = exists().where(own.version_id == PriceVersion.id, own.unit_id == UnitPrice.unit_id)
    statement = (
        select(PriceVersion.project_id, PriceVersion.number, func.count())
        .join(UnitPrice, UnitPrice.version_id == PriceVersion.base_version_id)
        .where(~has_own)
        .group_by(PriceVersion.project_id, PriceVersion.number)
    )
    for project_id, number, count in session.execute(statement):
        yield f"price version {number} of project {project_id}: {count} units of its base have no price"


def _find_wrong_limits(session: Session) -> Iterator[str]:
    later = aliased(PriceLimit)
    is_replaced = exists().where(
        later.unit_id == PriceLimit.unit_id, later.layer == PriceLimit.layer, later.id > PriceLimit.id
    )
    statement = (
        select(PriceLimit.id, PriceLimit.unit_id, PriceLimit.layer)
        .where(
            or_(
                PriceLimit.superseded_at < PriceLimit.set_at,
                and_(PriceLimit.superseded_at.is_(None), is_replaced),
                and_(PriceLimit.superseded_at.is_not(None), ~is_replaced),
            )
        )
        .order_by(PriceLimit.id)
    )
    for limit_id, unit_id, layer in session.execute(statement):
        yield f"price limit {limit_id} ({layer.value}) of unit {unit_id}: does not follow from the one before"
