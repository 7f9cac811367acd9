"""The limits of prices and the rules for changing them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import fields
from typing import Any

from sqlalchemy import Row, Select, and_, or_, select
from sqlalchemy.orm import Session, aliased

from salesoffice.inventory.models import Building, Unit
from salesoffice.pricing.enums import PriceLayer, PriceVersionState
from salesoffice.pricing.models import PriceLimit, PriceRules, PriceVersion, UnitPrice
from salesoffice.pricing.rules import Limits, RuleRates
from salesoffice.staff.models import User

_BATCH = 5000


def find_rules(session: Session, project_id: int) -> RuleRates:
    """Return the rules for the prices of a project; the usual ones until the office has set its own."""
    found = session.get(PriceRules, project_id)
    if found is None:
        return RuleRates()
    return RuleRates(**{item.name: getattr(found, item.name) for item in fields(RuleRates)})


def find_limits(session: Session, unit_ids: Collection[int]) -> Mapping[int, Limits]:
    """Return the limits in force of some units by id; a unit without any has empty limits."""
    ids = sorted(set(unit_ids))
    found: dict[int, dict[str, int]] = {unit_id: {} for unit_id in ids}
    for start in range(0, len(ids), _BATCH):
        statement = select(PriceLimit.unit_id, PriceLimit.layer, PriceLimit.total_amount).where(
            PriceLimit.unit_id.in_(ids[start : start + _BATCH]), PriceLimit.superseded_at.is_(None)
        )
        for unit_id, layer, amount in session.execute(statement):
            found[unit_id][layer.value] = amount
    return {unit_id: Limits(**layers) for unit_id, layers in found.items()}


def find_project_limits(session: Session, project_id: int) -> Mapping[int, Limits]:
    """Return the limits in force of a project's units by id; only units that have one."""
    statement = (
        select(PriceLimit.unit_id, PriceLimit.layer, PriceLimit.total_amount)
        .join(Unit, Unit.id == PriceLimit.unit_id)
        .where(Unit.project_id == project_id, PriceLimit.superseded_at.is_(None))
    )
    found: dict[int, dict[str, int]] = {}
    for unit_id, layer, amount in session.execute(statement):
        found.setdefault(unit_id, {})[layer.value] = amount
    return {unit_id: Limits(**layers) for unit_id, layers in found.items()}


def list_current_limits(
    session: Session, unit_ids: Collection[int], layer: PriceLayer
) -> Mapping[int, PriceLimit]:
    """Return the limit rows in force of some units in one layer by unit id."""
    ids = sorted(set(unit_ids))
    found: dict[int, PriceLimit] = {}
    for start in range(0, len(ids), _BATCH):
        statement = select(PriceLimit).where(
            PriceLimit.unit_id.in_(ids[start : start + _BATCH]),
            PriceLimit.layer == layer,
            PriceLimit.superseded_at.is_(None),
        )
        found.update({limit.unit_id: limit for limit in session.scalars(statement)})
    return found


def list_limit_history(session: Session, unit_id: int) -> Sequence[Row[PriceLimit, str | None]]:
    """List all limits that a unit has and had with the name of who set them, the newest first."""
    statement = (
        select(PriceLimit, User.name)
        .outerjoin(User, User.id == PriceLimit.set_by_id)
        .where(PriceLimit.unit_id == unit_id)
        .order_by(PriceLimit.id.desc())
    )
    return session.execute(statement).all()


def select_limits(
    project_id: int, *, q: str = "", building_id: int | None = None, is_set_only: bool = False
) -> Select[Any]:
    """Build the select of a project's units with list price in force and limits, by building and code.

    Columns: unit_id, code, building, list_total, filed, filed_on, project_floor, group_floor (fen).
    """
    rows = {layer: aliased(PriceLimit) for layer in PriceLayer}
    filed, project_floor, group_floor = (rows[layer] for layer in PriceLayer)
    in_force = (
        select(UnitPrice.unit_id, UnitPrice.list_total_amount)
        .join(PriceVersion, PriceVersion.id == UnitPrice.version_id)
        .where(PriceVersion.project_id == project_id, PriceVersion.state == PriceVersionState.IN_FORCE)
        .subquery()
    )
    statement = (
        select(
            Unit.id.label("unit_id"),
            Unit.code,
            Building.name.label("building"),
            in_force.c.list_total_amount.label("list_total"),
            filed.total_amount.label("filed"),
            filed.effective_on.label("filed_on"),
            project_floor.total_amount.label("project_floor"),
            group_floor.total_amount.label("group_floor"),
        )
        .join(Building, Building.id == Unit.building_id)
        .outerjoin(in_force, in_force.c.unit_id == Unit.id)
        .where(Unit.project_id == project_id)
        .order_by(Building.position, Building.name, Unit.code)
    )
    for layer, row in rows.items():
        current = and_(row.unit_id == Unit.id, row.layer == layer, row.superseded_at.is_(None))
        statement = statement.outerjoin(row, current)
    if is_set_only:
        statement = statement.where(or_(*(row.id.is_not(None) for row in rows.values())))
    if building_id is not None:
        statement = statement.where(Unit.building_id == building_id)
    if q:
        statement = statement.where(Unit.code.icontains(q, autoescape=True))
    return statement


def find_unit_ids(session: Session, project_id: int, codes: Collection[str]) -> Mapping[str, int]:
    """Return the ids of a project's units by code; codes that it does not have are left out."""
    wanted = set(codes)
    statement = select(Unit.code, Unit.id).where(Unit.project_id == project_id)
    return {code: unit_id for code, unit_id in session.execute(statement) if code in wanted}


def list_totals(session: Session, project_id: int, building_id: int | None = None) -> Mapping[str, int]:
    """Return the list totals in force (fen) by unit code, of a project or one of its buildings."""
    statement = (
        select(Unit.code, UnitPrice.list_total_amount)
        .join(UnitPrice, UnitPrice.unit_id == Unit.id)
        .join(PriceVersion, PriceVersion.id == UnitPrice.version_id)
        .where(PriceVersion.project_id == project_id, PriceVersion.state == PriceVersionState.IN_FORCE)
        .order_by(Unit.code)
    )
    if building_id is not None:
        statement = statement.where(Unit.building_id == building_id)
    return dict(session.execute(statement).all())
