"""Changing many units at once: planned as it is shown, then done exactly so."""

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import uuid4

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from salesoffice.core.errors import (
    DomainError,
    FieldProblem,
    InvalidInput,
    Text,
)
from salesoffice.core.permissions import Actor
from salesoffice.infra import audit
from salesoffice.infra.db import lock_rows
from salesoffice.infra.i18n import _l
from salesoffice.infra.models import AuditEntry
from salesoffice.inventory.enums import Product
from salesoffice.inventory.models import Floor, Unit, UnitType
from salesoffice.inventory.services.places import ensure_unit_types, lock_project
from salesoffice.inventory.signals import find_claimed

ACTION = "unit.edited_in_bulk"
_NAMED = 10
_COLUMNS = ("usage", "product", "orientation", "view", "light", "storey_height")

Value = str | None


@dataclass(frozen=True)
class UnitChange:
    """What becomes of one unit: old and new words by name of the field, only of those that change."""

    unit_id: int
    code: str
    before: Mapping[str, Value]
    after: Mapping[str, Value]


@dataclass(frozen=True)
class BulkPlan:
    """The changes in the order of the list, how many units have the values already, and (code, why) of those refused."""

    changes: tuple[UnitChange, ...]
    unchanged_count: int
    refused: tuple[tuple[str, Text], ...]
    sha256: str
    sequence: int


def list_names(codes: Sequence[str]) -> str:
    """Name units in a refusal, the first ten of many."""
    return ", ".join(codes[:_NAMED]) + (" …" if len(codes) > _NAMED else "") or "–"


class BulkOutdated(DomainError):
    """What would be changed is no longer what was shown."""

    def __init__(self, codes: Sequence[str]) -> None:
        message = _l(
            "Nothing was changed: these units have changed since the preview: %(units)s. Look at it again.",
            units=list_names(codes),
        )
        super().__init__(message, code="preview_outdated", units=list(codes))


def plan_bulk_edit(
    session: Session, project_id: int, *, actor: Actor, unit_ids: Sequence[int], values: Mapping[str, Value]
) -> BulkPlan:
    """Work out what setting `values` would change of units; writes nothing.

    `values` are words by name (unit_type, usage, product, orientation, view, light, storey_height, floor); None and
    names that are missing stay. A claimed unit is refused by name when its product would change. Refused: nothing to
    set or no unit (`nothing_chosen`), a floor label for other than one whole floor (InvalidInput).
    """
    wanted = {name: value for name, value in values.items() if value is not None}
    if not wanted or not unit_ids:
        message = _l("Choose at least one unit and one field to set.")
        raise DomainError(message, code="nothing_chosen", status=422)
    units = session.scalars(
        select(Unit).where(Unit.project_id == project_id, Unit.id.in_(unit_ids)).order_by(Unit.id)
    ).all()
    _check_floor(session, units, wanted)
    types = dict(
        session.execute(select(UnitType.id, UnitType.name).where(UnitType.project_id == project_id)).all()
    )
    labels = dict(
        session.execute(
            select(Floor.id, Floor.label).where(Floor.id.in_({unit.floor_id for unit in units}))
        ).all()
    )
    changes = [
        change for unit in units if (change := _compare(unit, _words_of(unit, types, labels), wanted)).after
    ]
    by_product = [change.unit_id for change in changes if "product" in change.after]
    claimed = find_claimed(session, by_product, actor) if by_product else {}
    kept = tuple(change for change in changes if change.unit_id not in claimed)
    refused = tuple(
        (change.code, claimed[change.unit_id].message) for change in changes if change.unit_id in claimed
    )
    sequence = audit.current_sequence(session, project_id)
    unchanged = len(units) - len(changes)
    return BulkPlan(kept, unchanged, refused, _seal(kept, refused, unchanged), sequence)


def edit_units(
    session: Session,
    project_id: int,
    *,
    actor: Actor,
    unit_ids: Sequence[int],
    values: Mapping[str, Value],
    shown: str,
    since: int,
) -> tuple[BulkPlan, str]:
    """Change units exactly as `shown` (the `sha256` of a plan made at audit sequence `since`); return plan and key.

    Refused: as by `plan_bulk_edit`; BulkOutdated with the units that changed meanwhile. One audit entry per unit.
    """
    lock_project(session, project_id)
    lock_rows(
        session, select(Unit).where(Unit.project_id == project_id, Unit.id.in_(unit_ids)).order_by(Unit.id)
    )
    plan = plan_bulk_edit(session, project_id, actor=actor, unit_ids=unit_ids, values=values)
    if plan.sha256 != shown:
        raise BulkOutdated(_list_changed(session, project_id, unit_ids, since))
    key = uuid4().hex
    write_changes(session, project_id, plan.changes, actor, ACTION, key)
    return plan, key


def _compare(unit: Unit, words: Mapping[str, Value], wanted: Mapping[str, str]) -> UnitChange:
    changed = [name for name, value in wanted.items() if words[name] != value]
    return UnitChange(
        unit.id,
        unit.code,
        {name: words[name] for name in changed},
        {name: wanted[name] for name in changed},
    )


def _words_of(unit: Unit, types: Mapping[int, str], labels: Mapping[int, str]) -> dict[str, Value]:
    return {
        "unit_type": types[unit.unit_type_id] if unit.unit_type_id else "",
        "usage": unit.usage,
        "product": unit.product.value,
        "orientation": unit.orientation,
        "view": unit.view,
        "light": unit.light,
        "storey_height": "" if unit.storey_height is None else f"{unit.storey_height:.2f}",
        "floor": labels[unit.floor_id],
    }


def _check_floor(session: Session, units: Sequence[Unit], wanted: Mapping[str, str]) -> None:
    """A label belongs to a whole floor: all its units must be chosen, and no other floor may have it."""
    if "floor" not in wanted:
        return
    floor_ids = {unit.floor_id for unit in units}
    floors = session.scalars(select(Floor).where(Floor.id.in_(floor_ids))).all()
    counted = session.scalar(select(func.count(Unit.id)).where(Unit.floor_id.in_(floor_ids)))
    if len({floor.number for floor in floors}) > 1 or counted != len(units):
        message = _l(
            "A floor label is set for one whole floor: choose all units of that floor and no others."
        )
        raise InvalidInput(message, [FieldProblem("floor", message)])
    taken = select(Floor.id).where(
        Floor.section_id.in_({floor.section_id for floor in floors}),
        Floor.label == wanted["floor"],
        Floor.id.not_in(floor_ids),
    )
    if len({floor.section_id for floor in floors}) < len(floors) or session.scalar(taken) is not None:
        message = _l("Another floor of the section is shown as %(label)s already.", label=wanted["floor"])
        raise InvalidInput(message, [FieldProblem("floor", message)])


def _seal(changes: Sequence[UnitChange], refused: Sequence[tuple[str, Text]], unchanged: int) -> str:
    content = [
        [[change.unit_id, dict(change.before), dict(change.after)] for change in changes],
        [code for code, _why in refused],
        unchanged,
    ]
    return hashlib.sha256(json.dumps(content, ensure_ascii=False).encode()).hexdigest()


def _list_changed(session: Session, project_id: int, unit_ids: Collection[int], since: int) -> list[str]:
    statement = (
        select(Unit.code)
        .join(AuditEntry, AuditEntry.unit_id == Unit.id)
        .where(AuditEntry.project_id == project_id, AuditEntry.sequence > since, Unit.id.in_(unit_ids))
        .distinct()
        .order_by(Unit.code)
    )
    return list(session.scalars(statement))


def write_changes(
    session: Session,
    project_id: int,
    changes: Sequence[UnitChange],
    actor: Actor,
    action: str,
    key: str,
) -> None:
    """Set the new values of units that are locked, with one audit entry each under the key."""
    names = {change.after["unit_type"] for change in changes if change.after.get("unit_type")}
    types = ensure_unit_types(session, project_id, sorted(name for name in names if name))
    ids = [change.unit_id for change in changes]
    units = {unit.id: unit for unit in session.scalars(select(Unit).where(Unit.id.in_(ids)))}
    for change in changes:
        unit = units[change.unit_id]
        for name, value in change.after.items():
            _set(session, unit, name, value or "", types)
        audit.record(
            session,
            action=action,
            actor=actor,
            project_id=project_id,
            subject=unit,
            unit_id=unit.id,
            before=change.before,
            after={**change.after, "bulk": key},
        )
    session.flush()


def _set(session: Session, unit: Unit, name: str, value: str, types: Mapping[str, int]) -> None:
    if name == "unit_type":
        unit.unit_type_id = types[value] if value else None
    elif name == "floor":
        session.get_one(Floor, unit.floor_id).label = value
    elif name == "product":
        unit.product = Product(value)
    elif name == "storey_height":
        unit.storey_height = Decimal(value) if value else None
    elif name in _COLUMNS:
        setattr(unit, name, value)
