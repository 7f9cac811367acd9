"""Finding legal overlays."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Integer, Select, bindparam, or_, select
from sqlalchemy.orm import Session, aliased

from salesoffice.core.errors import NotFound
from salesoffice.infra.i18n import _l
from salesoffice.infra.types import UtcDateTime
from salesoffice.inventory.enums import OverlayKind
from salesoffice.inventory.models import Unit, UnitOverlay
from salesoffice.staff.models import User


@dataclass(frozen=True)
class OverlayFilter:
    """Which overlays a list shows; None and an empty text leave a question open."""

    kind: OverlayKind | None = None
    is_open: bool | None = True
    q: str = ""


class OverlayRow(NamedTuple):
    """An overlay with the code of its unit and the names of who entered and who lifted it."""

    overlay: UnitOverlay
    unit_code: str
    entered_by: str | None
    lifted_by: str | None


def find_overlays(session: Session, unit_id: int) -> tuple[OverlayKind, ...]:
    """Find what stands on a unit now."""
    statement = select(UnitOverlay.kind).where(
        UnitOverlay.unit_id == unit_id, UnitOverlay.lifted_on.is_(None)
    )
    return _in_order(session.scalars(statement).all())


def find_open_overlays(
    session: Session, project_id: int, *, at: datetime | None = None
) -> dict[int, tuple[OverlayKind, ...]]:
    """Find what stands on the units of a project now, or stood as the office knew it at a moment, by unit id."""
    statement = _OPEN if at is None else _KNOWN_AT
    found: dict[int, list[OverlayKind]] = {}
    for unit_id, kind in session.connection().execute(statement, {"project_id": project_id, "at": at}):
        found.setdefault(unit_id, []).append(kind)
    return {unit_id: _in_order(kinds) for unit_id, kinds in found.items()}


def get_overlay(session: Session, project_id: int, overlay_id: int) -> UnitOverlay:
    """Return an overlay on a unit of a project; raises NotFound."""
    statement = (
        select(UnitOverlay)
        .join(Unit, Unit.id == UnitOverlay.unit_id)
        .where(UnitOverlay.id == overlay_id, Unit.project_id == project_id)
    )
    overlay = session.scalars(statement).one_or_none()
    if overlay is None:
        raise NotFound(_l("There is no such mortgage, seizure or restriction."))
    return overlay


def list_overlays_of_unit(session: Session, unit_id: int) -> list[OverlayRow]:
    """List the overlays of a unit, lifted ones too, the newest first."""
    statement = _select_rows().where(UnitOverlay.unit_id == unit_id).order_by(UnitOverlay.id.desc())
    return [OverlayRow._make(row) for row in session.execute(statement)]


def select_overlays(project_id: int, chosen: OverlayFilter) -> Select[*tuple[Any, ...]]:
    """Build the select of the overlays of a list (the columns of OverlayRow), the newest first."""
    statement = _select_rows().where(Unit.project_id == project_id)
    if chosen.kind is not None:
        statement = statement.where(UnitOverlay.kind == chosen.kind)
    if chosen.is_open is not None:
        is_null = UnitOverlay.lifted_on.is_(None)
        statement = statement.where(is_null if chosen.is_open else ~is_null)
    if chosen.q:
        pattern = "%" + chosen.q.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        columns = (Unit.code, UnitOverlay.reference, UnitOverlay.lift_reason)
        statement = statement.where(or_(*(column.ilike(pattern, escape="\\") for column in columns)))
    return statement.order_by(UnitOverlay.since_on.desc(), UnitOverlay.id.desc())


def _select_rows() -> Select[UnitOverlay, str, str, str]:
    enterer, lifter = aliased(User), aliased(User)
    return (
        select(UnitOverlay, Unit.code, enterer.name, lifter.name)
        .join(Unit, Unit.id == UnitOverlay.unit_id)
        .outerjoin(enterer, enterer.id == UnitOverlay.entered_by_id)
        .outerjoin(lifter, lifter.id == UnitOverlay.lifted_by_id)
    )


def _in_order(kinds: Sequence[OverlayKind]) -> tuple[OverlayKind, ...]:
    return tuple(kind for kind in OverlayKind if kind in kinds)


_OF_PROJECT = (
    select(UnitOverlay.unit_id, UnitOverlay.kind)
    .join(Unit, Unit.id == UnitOverlay.unit_id)
    .where(Unit.project_id == bindparam("project_id", type_=Integer))
)
_AT = bindparam("at", type_=UtcDateTime)
_OPEN = _OF_PROJECT.where(UnitOverlay.lifted_on.is_(None))
_KNOWN_AT = _OF_PROJECT.where(
    UnitOverlay.entered_at <= _AT, or_(UnitOverlay.lifted_at.is_(None), UnitOverlay.lifted_at > _AT)
)
"""Built once: the board asks with every page, and building a statement costs more than running it."""
