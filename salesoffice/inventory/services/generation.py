"""A whole building by rule: planned as it is shown, then made exactly so."""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from salesoffice.core.errors import DomainError, FieldProblem, InvalidInput
from salesoffice.core.permissions import Actor
from salesoffice.infra import audit
from salesoffice.infra.i18n import _l
from salesoffice.inventory.enums import Product, ReleaseState
from salesoffice.inventory.models import Building, Floor, Section, Unit
from salesoffice.inventory.rules import (
    BuildingSpec,
    Place,
    PlaceIds,
    UnitDraftRow,
    UnitKey,
    assign_unit_codes,
    generate_units,
)
from salesoffice.inventory.services.places import ensure_places, ensure_unit_types, lock_project
from salesoffice.inventory.services.units import UnitDraft, add_units

_NAMED = 10


@dataclass(frozen=True)
class GenerationPlan:
    """The units that a spec would add with their codes, in the same order; `sha256` seals it."""

    rows: tuple[UnitDraftRow, ...]
    codes: tuple[str, ...]
    sha256: str

    @property
    def type_counts(self) -> Mapping[str, int]:
        """How many units there are of each unit type, "" for none, the most first."""
        return dict(Counter(row.facts.unit_type or "" for row in self.rows).most_common())


class RoomsExist(DomainError):
    """Some of the rooms are there already."""

    def __init__(self, codes: Sequence[str]) -> None:
        names = ", ".join(codes[:_NAMED]) + (" …" if len(codes) > _NAMED else "")
        message = _l(
            "%(count)d of these rooms are there already: %(rooms)s. Leave them out by an exception, or change floors "
            "or lines.",
            count=len(codes),
            rooms=names,
        )
        super().__init__(message, code="rooms_exist", rooms=list(codes))


class GenerationOutdated(DomainError):
    """What would be made is no longer what was shown."""

    def __init__(self) -> None:
        message = _l("Something has changed since the preview. Look at the new preview and confirm again.")
        super().__init__(message, code="preview_outdated")


def plan_building(session: Session, project_id: int, spec: BuildingSpec) -> GenerationPlan:
    """Work out the units that a spec would add; writes nothing.

    Refused: entries that cannot be right (InvalidInput, each named), rooms that exist (RoomsExist), a shown floor that
    exists with another physical number (InvalidInput).
    """
    made = generate_units(spec)
    if made.problems:
        raise InvalidInput(_l("The building cannot be made like this."), made.problems)
    _refuse_existing(session, project_id, spec.building, made.rows)
    taken = session.scalars(select(Unit.code).where(Unit.project_id == project_id)).all()
    keys = [UnitKey(spec.building, row.section, row.floor_label, row.room_no) for row in made.rows]
    codes = assign_unit_codes(keys, taken=taken)
    content = "|".join((made.sha256, spec.building, spec.area_edition.value, *codes))
    return GenerationPlan(made.rows, codes, hashlib.sha256(content.encode()).hexdigest())


def generate_building(
    session: Session, project_id: int, *, actor: Actor, spec: BuildingSpec, shown: str
) -> GenerationPlan:
    """Add the units of a building, unreleased, exactly as `shown` (the `sha256` of a plan).

    Refused: as by `plan_building`, and GenerationOutdated when the plan is no longer the one shown. One audit entry
    for the building and one for each unit.
    """
    lock_project(session, project_id)
    plan = plan_building(session, project_id, spec)
    if plan.sha256 != shown:
        raise GenerationOutdated
    places = ensure_places(session, project_id, list(dict.fromkeys(_place(spec, row) for row in plan.rows)))
    names = {row.facts.unit_type for row in plan.rows if row.facts.unit_type}
    types = ensure_unit_types(session, project_id, sorted(names))
    drafts = [
        _build_draft(spec, row, code, places, types) for row, code in zip(plan.rows, plan.codes, strict=True)
    ]
    ids = add_units(session, project_id, drafts)
    _record(session, project_id, actor, spec, ids)
    return plan


def _refuse_existing(session: Session, project_id: int, building: str, rows: Sequence[UnitDraftRow]) -> None:
    of_building = (Building.project_id == project_id, Building.name == building)
    floors = (
        select(Section.name, Floor.label, Floor.number)
        .join(Section, Section.id == Floor.section_id)
        .join(Building, Building.id == Section.building_id)
        .where(*of_building)
    )
    numbers = {(row[0], row[1]): row[2] for row in session.execute(floors)}
    for row in rows:
        known = numbers.get((row.section, row.floor_label), row.floor_number)
        if known != row.floor_number:
            message = _l(
                "Floor %(floor)s is there already as the floor number %(number)s.",
                floor=row.floor_label,
                number=known,
            )
            raise InvalidInput(message, [FieldProblem("skipped", message)])
    units = (
        select(Section.name, Floor.label, Unit.room_no, Unit.code)
        .join(Section, Section.id == Unit.section_id)
        .join(Floor, Floor.id == Unit.floor_id)
        .join(Building, Building.id == Unit.building_id)
        .where(*of_building)
    )
    existing = {(row[0], row[1], row[2]): row[3] for row in session.execute(units)}
    found = [
        existing[key] for row in rows if (key := (row.section, row.floor_label, row.room_no)) in existing
    ]
    if found:
        raise RoomsExist(found)


def _place(spec: BuildingSpec, row: UnitDraftRow) -> Place:
    return Place(spec.building, row.section, row.floor_label, row.floor_number)


def _build_draft(
    spec: BuildingSpec,
    row: UnitDraftRow,
    code: str,
    places: Mapping[Place, PlaceIds],
    types: Mapping[str, int],
) -> UnitDraft:
    facts = row.facts
    return UnitDraft(
        place=places[_place(spec, row)],
        code=code,
        room_no=row.room_no,
        line=row.line,
        unit_type_id=types[facts.unit_type] if facts.unit_type else None,
        usage=facts.usage or "",
        product=facts.product or Product.RESIDENTIAL,
        orientation=facts.orientation or "",
        gross_area=facts.gross_area,
        inner_area=facts.inner_area,
        shared_area=facts.shared_area,
        release_state=ReleaseState.UNRELEASED,
        withheld_reason="",
        source_label="",
        source_status="",
        doubt="",
        view=facts.view or "",
        light=facts.light or "",
        storey_height=facts.storey_height,
        area_edition=spec.area_edition,
    )


def _record(
    session: Session, project_id: int, actor: Actor, spec: BuildingSpec, ids: Mapping[str, int]
) -> None:
    building = session.scalars(
        select(Building).where(Building.project_id == project_id, Building.name == spec.building)
    ).one()
    audit.record(
        session,
        action="building.generated",
        actor=actor,
        project_id=project_id,
        subject=building,
        after={"building": spec.building, "units": len(ids)},
    )
    units = session.scalars(
        select(Unit).where(Unit.project_id == project_id, Unit.building_id == building.id)
    )
    added = set(ids.values())
    for unit in units:
        if unit.id in added:
            audit.record(
                session,
                action="unit.added",
                actor=actor,
                project_id=project_id,
                subject=unit,
                unit_id=unit.id,
                after={"code": unit.code},
            )
