"""Phases, and unit types with their floor plans."""

from collections.abc import Mapping

from flask_babel import LazyString
from sqlalchemy import select
from sqlalchemy.orm import Session

from salesoffice.core.errors import DomainError, FieldProblem, InvalidInput
from salesoffice.core.permissions import Actor
from salesoffice.infra import audit
from salesoffice.infra.files import store_file
from salesoffice.infra.i18n import _l
from salesoffice.inventory.models import Building, Phase, Section, UnitType
from salesoffice.inventory.services.places import lock_project

MAX_PICTURE_BYTES = 5 * 1024 * 1024
_PICTURE_MARKS = ((b"\x89PNG\r\n\x1a\n", "image/png", b"IEND"), (b"\xff\xd8\xff", "image/jpeg", b"\xff\xd9"))
_END_WITHIN = 64
_LONGEST_NAME = 60


class FloorPlanInvalid(DomainError):
    """The file is no picture that can be shown as a floor plan."""

    def __init__(self, message: LazyString) -> None:
        super().__init__(
            message, code="floor_plan_invalid", status=422, errors=[FieldProblem("file", message)]
        )


def add_phase(session: Session, project_id: int, *, actor: Actor, name: str) -> Phase:
    """Add a phase to a project; one of that name is returned as it is. Refused: no name (InvalidInput)."""
    words = " ".join(name.split())
    if not 0 < len(words) <= _LONGEST_NAME:
        problem = FieldProblem(
            "name", _l("Enter a name of at most %(limit)d characters.", limit=_LONGEST_NAME)
        )
        raise InvalidInput(_l("The phase was not added."), [problem])
    lock_project(session, project_id)
    phase = session.scalars(
        select(Phase).where(Phase.project_id == project_id, Phase.name == words)
    ).one_or_none()
    if phase is not None:
        return phase
    phase = Phase(project_id=project_id, name=words)
    session.add(phase)
    session.flush()
    audit.record(
        session,
        action="phase.added",
        actor=actor,
        project_id=project_id,
        subject=phase,
        after={"name": words},
    )
    return phase


def assign_phase(session: Session, building: Building, *, actor: Actor, phase: Phase | None) -> Building:
    """Say to which phase of its project a building belongs, None for none."""
    if phase is not None and phase.project_id != building.project_id:
        raise InvalidInput(_l("The phase belongs to another project."))
    phase_id = phase.id if phase else None
    if building.phase_id == phase_id:
        return building
    before = {"phase_id": building.phase_id}
    building.phase_id = phase_id
    session.flush()
    audit.record(
        session,
        action="building.assigned",
        actor=actor,
        project_id=building.project_id,
        subject=building,
        before=before,
        after={"phase_id": phase_id},
    )
    return building


def describe_unit_type(session: Session, unit_type: UnitType, *, actor: Actor, layout: str) -> UnitType:
    """Set the layout of a unit type in words (两房两厅一卫)."""
    words = " ".join(layout.split())[:_LONGEST_NAME]
    if unit_type.layout == words:
        return unit_type
    before = {"layout": unit_type.layout}
    unit_type.layout = words
    session.flush()
    _record_type(session, unit_type, actor, "unit_type.described", before, {"layout": words})
    return unit_type


def set_floor_plan(
    session: Session, unit_type: UnitType, *, actor: Actor, data: bytes, file_name: str
) -> UnitType:
    """Keep a picture (PNG or JPEG, told by its content, 5 MB at most) as the floor plan of a unit type.

    Refused with FloorPlanInvalid.
    """
    media_type = _check_picture(data)
    stored = store_file(
        session, data, name=file_name[-200:], media_type=media_type, project_id=unit_type.project_id
    )
    if unit_type.floor_plan_id == stored.id:
        return unit_type
    before = {"floor_plan_id": unit_type.floor_plan_id}
    unit_type.floor_plan_id = stored.id
    session.flush()
    _record_type(session, unit_type, actor, "unit_type.pictured", before, {"floor_plan_id": stored.id})
    return unit_type


def set_section_plan(
    session: Session, section: Section, *, actor: Actor, data: bytes, file_name: str
) -> Section:
    """Keep a picture as the plan of a section's usual floor. Refused as by `set_floor_plan`."""
    media_type, project_id = _check_picture(data), section.building.project_id
    stored = store_file(session, data, name=file_name[-200:], media_type=media_type, project_id=project_id)
    if section.floor_plan_id == stored.id:
        return section
    before = {"floor_plan_id": section.floor_plan_id}
    section.floor_plan_id = stored.id
    session.flush()
    audit.record(
        session,
        action="section.pictured",
        actor=actor,
        project_id=project_id,
        subject=section,
        before=before,
        after={"floor_plan_id": stored.id},
    )
    return section


def _check_picture(data: bytes) -> str:
    if len(data) > MAX_PICTURE_BYTES:
        raise FloorPlanInvalid(_l("The picture is larger than 5 MB. Save it smaller."))
    for mark, media_type, end in _PICTURE_MARKS:
        if data.startswith(mark):
            if end not in data[-_END_WITHIN:]:
                raise FloorPlanInvalid(_l("The picture is cut off. Save it anew and upload it again."))
            return media_type
    raise FloorPlanInvalid(_l("The file is not a picture. Save the floor plan as PNG or JPEG."))


def _record_type(
    session: Session,
    unit_type: UnitType,
    actor: Actor,
    action: str,
    before: Mapping[str, object],
    after: Mapping[str, object],
) -> None:
    audit.record(
        session,
        action=action,
        actor=actor,
        project_id=unit_type.project_id,
        subject=unit_type,
        before=before,
        after=after,
    )
