"""Units: added many at a time, edited, moved to the place they were found to be in."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from salesoffice.core import clock
from salesoffice.core.errors import DomainError, FieldProblem, InvalidInput
from salesoffice.core.permissions import Actor
from salesoffice.infra import audit
from salesoffice.infra.db import lock_rows
from salesoffice.infra.i18n import _l
from salesoffice.inventory.enums import AreaEdition, Product, ReleaseState
from salesoffice.inventory.models import Building, Floor, Section, Unit, UnitType
from salesoffice.inventory.queries import covers_place
from salesoffice.inventory.rules import Place, PlaceIds, is_area_sum_right
from salesoffice.inventory.services.areas import keep_in_step
from salesoffice.inventory.services.places import ensure_places, ensure_unit_types, lock_project
from salesoffice.inventory.signals import find_claimed

_AREAS = ("gross_area", "inner_area", "shared_area")


@dataclass(frozen=True, slots=True)
class UnitDraft:
    """A unit to be added. Areas in m² with two decimals; `line` is its column on the board."""

    place: PlaceIds
    code: str
    room_no: str
    line: str
    unit_type_id: int | None
    usage: str
    product: Product
    orientation: str
    gross_area: Decimal | None
    inner_area: Decimal | None
    shared_area: Decimal | None
    release_state: ReleaseState
    withheld_reason: str
    source_label: str
    source_status: str
    doubt: str
    view: str = ""
    light: str = ""
    storey_height: Decimal | None = None
    area_edition: AreaEdition = AreaEdition.PRESALE


@dataclass(frozen=True)
class UnitDetails:
    """What a person may edit of a unit."""

    unit_type: str
    usage: str
    product: Product
    orientation: str
    gross_area: Decimal | None
    inner_area: Decimal | None
    shared_area: Decimal | None


def add_units(session: Session, project_id: int, drafts: Sequence[UnitDraft]) -> Mapping[str, int]:
    """Add units; return their ids by code. The caller writes the audit entry (one for all of them)."""
    if not drafts:
        return {}
    now = clock.now()
    rows = [_build_row(draft, project_id, now) for draft in drafts]
    session.execute(insert(Unit), rows)  # without RETURNING: one prepared statement, pipelined by the driver
    codes = {draft.code for draft in drafts}
    statement = select(Unit.code, Unit.id).where(Unit.project_id == project_id)
    return {code: unit_id for code, unit_id in session.execute(statement) if code in codes}


def edit_unit(session: Session, unit: Unit, *, actor: Actor, details: UnitDetails) -> Unit:
    """Change the description of a unit.

    Refused: areas of a claimed unit (`unit_taken`), areas that do not add up (InvalidInput).
    """
    lock_project(session, unit.project_id)
    locked = lock_rows(session, select(Unit).where(Unit.id == unit.id))[0]
    before = _describe(session, locked)
    after = asdict(details)
    if any(before[name] != after[name] for name in _AREAS):
        _check_areas(session, locked, actor, details)
    names = ensure_unit_types(session, locked.project_id, [details.unit_type])
    locked.unit_type_id = names[details.unit_type] if details.unit_type else None
    locked.usage, locked.product, locked.orientation = details.usage, details.product, details.orientation
    locked.gross_area, locked.inner_area = details.gross_area, details.inner_area
    locked.shared_area = details.shared_area
    session.flush()
    if any(before[name] != after[name] for name in _AREAS):
        keep_in_step(session, locked, actor=actor)
    if before != after:
        changed = [name for name in after if before[name] != after[name]]
        _record(
            session,
            locked,
            actor,
            "unit.edited",
            {name: before[name] for name in changed},
            {name: after[name] for name in changed},
        )
    return locked


def move_units(
    session: Session,
    project_id: int,
    *,
    actor: Actor,
    unit_ids: Collection[int],
    building: str | None = None,
    section: str | None = None,
    floor: tuple[str, int | None] | None = None,
) -> Sequence[Unit]:
    """Put units where they really are; what is None stays. `floor` is (label, physical number).

    A unit whose building and floor are then known is no longer in doubt. Codes stay, they are in use.
    Refused: nothing chosen, a place where another unit has the same room (`room_taken`), a claimed unit for a building
    that no permit covers (`permit_missing`).
    """
    lock_project(session, project_id)
    units = _lock_chosen(session, project_id, unit_ids)
    places = {}
    for unit in units:
        label, number = floor or (unit.floor.label, unit.floor.number)
        name = unit.building.name if building is None else building
        places[unit.id] = Place(name, unit.section.name if section is None else section, label, number)
    found = ensure_places(session, project_id, list(dict.fromkeys(places.values())))
    _check_rooms_free(session, units, {unit.id: found[places[unit.id]].floor_id for unit in units})
    _check_permitted(session, units, {unit.id: found[places[unit.id]].building_id for unit in units}, actor)
    floors = {
        row.id: row
        for row in session.scalars(
            select(Floor).where(Floor.id.in_({ids.floor_id for ids in found.values()}))
        )
    }
    for unit in units:
        before = _place_of(unit)
        ids = found[places[unit.id]]
        unit.building = session.get_one(Building, ids.building_id)
        unit.section = session.get_one(Section, ids.section_id)
        unit.floor = floors[ids.floor_id]
        if unit.building.name and unit.floor.number is not None:
            unit.doubt = ""
        _record(session, unit, actor, "unit.placed", before, _place_of(unit))
    session.flush()
    return units


def confirm_label(
    session: Session, project_id: int, *, actor: Actor, unit_ids: Collection[int]
) -> Sequence[Unit]:
    """Say that the label of units was read rightly as far as it goes; they are no longer in doubt."""
    units = [unit for unit in _lock_chosen(session, project_id, unit_ids) if unit.doubt]
    for unit in units:
        before = {"doubt": unit.doubt}
        unit.doubt = ""
        _record(session, unit, actor, "unit.confirmed", before, {"doubt": ""})
    session.flush()
    return units


def _build_row(draft: UnitDraft, project_id: int, now: datetime) -> dict[str, object]:
    return {
        "project_id": project_id,
        "building_id": draft.place.building_id,
        "section_id": draft.place.section_id,
        "floor_id": draft.place.floor_id,
        "code": draft.code,
        "room_no": draft.room_no,
        "line": draft.line,
        "unit_type_id": draft.unit_type_id,
        "usage": draft.usage,
        "product": draft.product,
        "orientation": draft.orientation,
        "gross_area": draft.gross_area,
        "inner_area": draft.inner_area,
        "shared_area": draft.shared_area,
        "release_state": draft.release_state,
        "withheld_reason": draft.withheld_reason,
        "source_label": draft.source_label,
        "source_status": draft.source_status,
        "doubt": draft.doubt,
        "view": draft.view,
        "light": draft.light,
        "storey_height": draft.storey_height,
        "area_edition": draft.area_edition,
        "created_at": now,
    }


def _check_areas(session: Session, unit: Unit, actor: Actor, details: UnitDetails) -> None:
    refusal = find_claimed(session, [unit.id], actor).get(unit.id)
    if refusal is not None:
        raise refusal
    if not is_area_sum_right(details.gross_area, details.inner_area, details.shared_area):
        text = _l("Gross area is inner area plus shared area; the three do not add up.")
        raise InvalidInput(text, [FieldProblem("gross_area", text)])


def _lock_chosen(session: Session, project_id: int, unit_ids: Collection[int]) -> Sequence[Unit]:
    if not unit_ids:
        raise DomainError(_l("Choose at least one unit."), code="nothing_chosen", status=422)
    statement = select(Unit).where(Unit.project_id == project_id, Unit.id.in_(unit_ids)).order_by(Unit.id)
    return lock_rows(session, statement)


def _check_rooms_free(session: Session, units: Sequence[Unit], floor_ids: Mapping[int, int]) -> None:
    statement = select(Unit.floor_id, Unit.room_no, Unit.code).where(
        Unit.floor_id.in_(set(floor_ids.values())), Unit.id.not_in([unit.id for unit in units])
    )
    taken = {(row[0], row[1]): row[2] for row in session.execute(statement)}
    for unit in units:
        key = (floor_ids[unit.id], unit.room_no)
        if key in taken:
            message = _l(
                "Room %(room)s of unit %(unit)s is there already: unit %(other)s.",
                room=unit.room_no,
                unit=unit.code,
                other=taken[key],
            )
            raise DomainError(message, code="room_taken")
        taken[key] = unit.code


def _check_permitted(
    session: Session, units: Sequence[Unit], building_ids: Mapping[int, int], actor: Actor
) -> None:
    """Keep sold units where a permit covers them: money was taken for them."""
    moving = [unit for unit in units if unit.building_id != building_ids[unit.id]]
    claimed = find_claimed(session, [unit.id for unit in moving], actor) if moving else {}
    today = clock.business_today()
    for unit in moving:
        building_id = building_ids[unit.id]
        if unit.id in claimed and not covers_place(session, unit.project_id, unit.id, building_id, today):
            message = _l(
                "Unit %(unit)s is held or sold, and no permit covers the building it would be in. Enter the permit first.",
                unit=unit.code,
            )
            raise DomainError(message, code="permit_missing", unit=unit.code)


def _describe(session: Session, unit: Unit) -> dict[str, object]:
    unit_type = session.get(UnitType, unit.unit_type_id) if unit.unit_type_id else None
    return {
        "unit_type": unit_type.name if unit_type else "",
        "usage": unit.usage,
        "product": unit.product,
        "orientation": unit.orientation,
        "gross_area": unit.gross_area,
        "inner_area": unit.inner_area,
        "shared_area": unit.shared_area,
    }


def _place_of(unit: Unit) -> dict[str, object]:
    return {
        "building": unit.building.name,
        "section": unit.section.name,
        "floor": unit.floor.label,
        "doubt": unit.doubt,
    }


def _record(
    session: Session,
    unit: Unit,
    actor: Actor,
    action: str,
    before: Mapping[str, object],
    after: Mapping[str, object],
) -> None:
    audit.record(
        session,
        action=action,
        actor=actor,
        project_id=unit.project_id,
        subject=unit,
        unit_id=unit.id,
        before=before,
        after=after,
    )
