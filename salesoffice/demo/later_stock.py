"""What is not in the price filing: a building for the second release, parking spaces and storage rooms."""

from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from salesoffice.core.money import price_of
from salesoffice.core.permissions import Actor
from salesoffice.demo.pictures import draw_floor_plan
from salesoffice.inventory.enums import NumberingShape, Product
from salesoffice.inventory.models import Building, Unit, UnitType
from salesoffice.inventory.rules import BuildingSpec, LineRule, UnitFacts
from salesoffice.inventory.services import (
    describe_unit_type,
    generate_building,
    plan_building,
    set_floor_plan,
)
from salesoffice.pricing.enums import PriceBasis
from salesoffice.pricing.rules import PriceDraft
from salesoffice.pricing.services import publish_prices

NEXT_BUILDING = "4栋"
GARAGE = "地下车库"
LAYOUTS = {"E户型": "四室两厅两卫", "F户型": "三室两厅两卫"}
UNPICTURED = "F户型"
"""The plan of this type has not come from the architect yet; the checklist of the next launch says so."""

_SPACE_PRICES = {-1: 180_000_00, -2: 150_000_00}
_STORAGE_PRICE = 9_000_00


def add_next_building(session: Session, project_id: int, *, actor: Actor) -> None:
    """Make the building of the second release by rule; it has no prices yet."""
    lines = (
        ("01", "E户型", "143.20", "111.70", "南", "湖景", ""),
        ("02", "F户型", "96.80", "75.50", "南", "园景", ""),
        ("03", "F户型", "96.80", "75.50", "南", "园景", "部分遮挡"),
        ("04", "E户型", "143.20", "111.70", "东南", "园景", ""),
    )
    rules = tuple(
        LineRule(line, facts=_facts(kind, gross, inner, orientation, view, light))
        for line, kind, gross, inner, orientation, view, light in lines
    )
    spec = BuildingSpec(NEXT_BUILDING, first_floor=2, last_floor=18, sections="A座", lines=rules)
    _generate(session, project_id, actor, spec)
    for name, layout in LAYOUTS.items():
        describe_unit_type(session, _get_type(session, project_id, name), actor=actor, layout=layout)


def add_garage(session: Session, project_id: int, *, actor: Actor) -> None:
    """Make two floors of parking spaces and some storage rooms, with their prices."""
    space = UnitFacts(usage="车位", product=Product.PARKING)
    areas = (Decimal("6.20"), Decimal("6.20"), Decimal("0.00"))
    room = UnitFacts(None, "", "", "", "储藏间", Product.STORAGE, None, *areas)
    rules = (
        LineRule("01-16", floors="-1,-2", facts=space),
        LineRule("17-20", floors="-1", facts=room),
    )
    spec = BuildingSpec(GARAGE, 1, 1, basements=2, shape=NumberingShape.FLOOR_DASH_LINE, lines=rules)
    _generate(session, project_id, actor, spec)
    prices = {unit.id: _price_of(unit) for unit in list_units(session, project_id, GARAGE)}
    publish_prices(session, project_id, actor=actor, prices=prices, source="车位及储藏间价格表")


def add_floor_plans(session: Session, project_id: int, *, actor: Actor) -> None:
    """Draw a floor plan for every unit type but one."""
    for kind in session.scalars(select(UnitType).where(UnitType.project_id == project_id)).all():
        if kind.name != UNPICTURED:
            data = draw_floor_plan(kind.name, kind.layout)
            set_floor_plan(session, kind, actor=actor, data=data, file_name=f"{kind.name}.png")


def list_units(session: Session, project_id: int, building: str) -> list[Unit]:
    """List the units of a building in the order in which they were made."""
    statement = (
        select(Unit)
        .join(Building, Building.id == Unit.building_id)
        .where(Unit.project_id == project_id, Building.name == building)
        .order_by(Unit.id)
    )
    return list(session.scalars(statement))


def _facts(kind: str, gross: str, inner: str, orientation: str, view: str, light: str) -> UnitFacts:
    areas = (Decimal(gross), Decimal(inner), Decimal(gross) - Decimal(inner))
    return UnitFacts(kind, orientation, view, light, "住宅", Product.RESIDENTIAL, Decimal("2.95"), *areas)


def _generate(session: Session, project_id: int, actor: Actor, spec: BuildingSpec) -> None:
    shown = plan_building(session, project_id, spec).sha256
    generate_building(session, project_id, actor=actor, spec=spec, shown=shown)


def _get_type(session: Session, project_id: int, name: str) -> UnitType:
    return session.scalars(
        select(UnitType).where(UnitType.project_id == project_id, UnitType.name == name)
    ).one()


def _price_of(unit: Unit) -> PriceDraft:
    if unit.product is Product.PARKING:
        return PriceDraft(PriceBasis.UNIT, None, None, _SPACE_PRICES[unit.floor.number or 0])
    total = price_of(_STORAGE_PRICE, unit.gross_area or Decimal(0))
    return PriceDraft(PriceBasis.GROSS, _STORAGE_PRICE, _STORAGE_PRICE, total)
