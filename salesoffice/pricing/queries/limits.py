"""The limits of prices and the rules for changing them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import fields

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from salesoffice.inventory.models import Unit
from salesoffice.pricing.enums import PriceLayer
from salesoffice.pricing.models import PriceLimit, PriceRules
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
