"""How prices are made in the demonstration: limits, a repricing in the past, one that waits, the plan of the next launch."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import Session

from salesoffice.core.permissions import Actor
from salesoffice.demo.book import Book, moment
from salesoffice.demo.later_stock import NEXT_BUILDING, list_units
from salesoffice.demo.launches import FIRST_BUILDINGS, NEXT_BATCH
from salesoffice.infra.files import store_file
from salesoffice.inventory.enums import AreaEdition
from salesoffice.inventory.models import Building, ReleaseBatch
from salesoffice.inventory.services import AreaDraft, record_areas
from salesoffice.priceplans.enums import FactorKind, PlanMethod
from salesoffice.priceplans.models import PricePlan
from salesoffice.priceplans.queries import build_repricing, load_facts
from salesoffice.priceplans.services import (
    Adjusted,
    CellName,
    PlanDetails,
    PlanEdit,
    change_plan,
    copy_plan,
    create_plan,
    make_version,
)
from salesoffice.pricing.documents import MEDIA_TYPES, SheetOrder, build_sheet, file_name
from salesoffice.pricing.enums import PriceBasis, PriceLayer, SheetFormat, SheetKind
from salesoffice.pricing.models import PriceVersion
from salesoffice.pricing.queries import list_drafts, version_in_force
from salesoffice.pricing.services import approve_version, put_in_force, set_limits, submit_version
from salesoffice.pricing.services.prints import record_print
from salesoffice.projects.queries import get_project

_SHARES = {
    PriceLayer.FILED: Decimal("1.03"),
    PriceLayer.PROJECT_FLOOR: Decimal("0.92"),
    PriceLayer.GROUP_FLOOR: Decimal("0.90"),
}
_YUAN = 100
_DEAREST = 12
"""The floor of the apartments that is measured for the final survey first."""


def add_limits(session: Session, project_id: int, *, actor: Actor, on: date) -> None:
    """Set filed prices and both floors as shares of the first list prices, in whole yuan."""
    version = version_in_force(session, project_id)
    flats = {unit.id for name in FIRST_BUILDINGS for unit in list_units(session, project_id, name)}
    drafts = list_drafts(session, version) if version else {}
    for layer, share in _SHARES.items():
        totals = {
            key: int(draft.list_total_amount * share) // _YUAN * _YUAN
            for key, draft in drafts.items()
            if key in flats
        }
        set_limits(
            session,
            project_id,
            actor=actor,
            layer=layer,
            totals=totals,
            effective_on=on,
            source="首期定价批复",
        )


def plan_prices(book: Book, first_day: date, today: date) -> None:
    """Note when prices are made, decided and printed, and when the apartments are measured."""
    middle = first_day + (today - first_day) / 2
    yesterday = today - timedelta(days=1)
    book.note(middle, lambda day: _reprice_flats(book, day))
    book.note(yesterday, lambda day: _propose_apartments(book, day))
    book.note(max(first_day, today - timedelta(days=8)), lambda day: _plan_next_launch(book, day))
    book.note(yesterday, lambda day: _measure_top_floor(book, day))
    book.note(yesterday, lambda day: _print_sheets(book, day))


def _reprice_flats(book: Book, day: date) -> None:
    office = book.office
    with moment(day, 9, 5) as session:
        building = _get_building(session, office.project_id, "2栋")
        cells = {
            _cell(FactorKind.FLOOR_STEP, "2"): 130_00, _cell(FactorKind.LINE, "01"): 1_200_00,
            _cell(FactorKind.LINE, "03"): 300_00, _cell(FactorKind.FLOOR, "4"): -600_00,
            _cell(FactorKind.FLOOR, "13"): -600_00, _cell(FactorKind.FLOOR, "14"): -600_00,
        }  # fmt: skip
        plan = _make_plan(session, book, "2栋调价", building, base=33_100_00, floor=10, cells=cells)
        version = _make_version(
            session, plan, office.actors["planner"], "2栋去化快于1栋，未售房源上调 500 元/㎡"
        )
        submit_version(session, version, actor=office.actors["planner"])
        number = version.id
    with moment(day, 9, 25) as session:
        version = approve_version(
            session, session.get_one(PriceVersion, number), actor=office.actors["manager"], comment="同意"
        )
        put_in_force(session, version, actor=office.actors["manager"])


def _propose_apartments(book: Book, day: date) -> None:
    office = book.office
    with moment(day, 9, 40) as session:
        building = _get_building(session, office.project_id, "3栋")
        cells = {_cell(FactorKind.LINE, line): 200_00 for line in ("05", "06", "07", "08")}
        cells |= {_cell(FactorKind.FLOOR_STEP, "1"): 60_00, _cell(FactorKind.FLOOR, "4"): -600_00}
        plan = _make_plan(session, book, "3栋公寓促销", building, base=25_900_00, floor=7, cells=cells)
        version = _make_version(
            session, plan, office.actors["planner"], "客户反映公寓单价偏高，未售房源下调 600 元/㎡"
        )
        submit_version(session, version, actor=office.actors["planner"])


def _plan_next_launch(book: Book, day: date) -> None:
    planner = book.office.actors["planner"]
    details = PlanDetails(
        PlanMethod.BOTH,
        PriceBasis.GROSS,
        target_price=33_800_00,
        blended_discount=Decimal("0.97"),
        base_floor=2,
    )
    coefficients = {(FactorKind.VIEW, "湖景"): 1_030_000, (FactorKind.ORIENTATION, "东南"): 1_010_000}
    differences = {
        (FactorKind.FLOOR_STEP, "2"): 110_00, (FactorKind.FLOOR_STEP, "12"): 160_00, (FactorKind.FLOOR, "4"): -600_00,
        (FactorKind.FLOOR, "14"): -500_00, (FactorKind.FLOOR, "18"): -900_00, (FactorKind.LINE, "01"): 600_00,
        (FactorKind.LINE, "04"): 300_00, (FactorKind.LIGHT, "部分遮挡"): -450_00,
    }  # fmt: skip
    cells = {_cell(*name, is_coefficient=True): value for name, value in coefficients.items()}
    cells |= {_cell(*name): value for name, value in differences.items()}
    with moment(day, 10, 5) as session:
        batch = session.scalars(
            select(ReleaseBatch).where(
                ReleaseBatch.project_id == book.office.project_id, ReleaseBatch.name == NEXT_BATCH
            )
        ).one()
        plan = create_plan(
            session,
            book.office.project_id,
            actor=planner,
            name="4栋加推定价",
            details=details,
            batch_id=batch.id,
        )
        units = list_units(session, book.office.project_id, NEXT_BUILDING)
        adjustments = {
            units[-4].id: Adjusted(800_00, "顶层赠送露台"), units[1].id: Adjusted(-700_00, "正对垃圾收集点"),
        }  # fmt: skip
        for edit in (PlanEdit(cells=cells), PlanEdit(adjustments=adjustments)):
            change_plan(session, plan, actor=planner, revision=plan.revision, edit=edit)
        copy = copy_plan(session, plan, actor=planner, name="4栋加推定价（走量）")
        lower = PlanEdit(
            terms={"target_price": 32_900_00}, cells={_cell(FactorKind.FLOOR_STEP, "12"): 120_00}
        )
        change_plan(session, copy, actor=planner, revision=copy.revision, edit=lower)


def _measure_top_floor(book: Book, day: date) -> None:
    """Enter the final survey of the apartments' top floor; it waits for the second person."""
    with moment(day, 11, 0) as session:
        units = list_units(session, book.office.project_id, "3栋")
        areas = {
            unit.id: AreaDraft(
                unit.gross_area + Decimal("0.12"), unit.inner_area + Decimal("0.08"),
                unit.gross_area - unit.inner_area + Decimal("0.04"),
            )
            for unit in units
            if unit.floor.number == _DEAREST and unit.gross_area and unit.inner_area
        }  # fmt: skip
        record_areas(
            session, book.office.project_id, actor=book.office.actors["assistant"], edition=AreaEdition.FINAL,
            areas=areas, surveyor="演示市测绘院", surveyed_on=day - timedelta(days=2), source="3栋12层实测报告",
        )  # fmt: skip


def _print_sheets(book: Book, day: date) -> None:
    """Print what the checklist asks for, of the prices in force."""
    office = book.office
    with moment(day, 11, 30) as session:
        project, version = (
            get_project(session, office.project_id),
            version_in_force(session, office.project_id),
        )
        if version is None:
            return
        for kind, form in ((SheetKind.DETAIL, SheetFormat.PDF), (SheetKind.OVERVIEW, SheetFormat.XLSX)):
            order = SheetOrder(kind=kind, form=form, number=version.number)
            data = build_sheet(session, project, order, base_url=current_app.config["BASE_URL"])
            name, media_type = file_name(project, order, version.number), MEDIA_TYPES[form]
            stored = store_file(session, data, name=name, media_type=media_type, project_id=project.id)
            record_print(session, version, stored, actor=office.actors["assistant"], kind=kind, form=form)


def _make_plan(
    session: Session, book: Book, name: str, building: Building, *, base: int, floor: int,
    cells: Mapping[CellName, int | None],
) -> PricePlan:  # fmt: skip
    planner = book.office.actors["planner"]
    details = PlanDetails(PlanMethod.DIFFERENCES, PriceBasis.GROSS, base_price=base, base_floor=floor)
    plan = create_plan(
        session, building.project_id, actor=planner, name=name, details=details, building_ids=[building.id]
    )
    return change_plan(session, plan, actor=planner, revision=plan.revision, edit=PlanEdit(cells=cells))


def _make_version(session: Session, plan: PricePlan, actor: Actor, note: str) -> PriceVersion:
    facts = load_facts(session, plan)
    shown = build_repricing(facts, facts.compute()).shown
    return make_version(session, plan, actor=actor, revision=plan.revision, shown=shown, note=note)


def _cell(kind: FactorKind, key: str, *, is_coefficient: bool = False) -> CellName:
    return CellName(kind, None, key, is_coefficient)


def _get_building(session: Session, project_id: int, name: str) -> Building:
    statement = select(Building).where(Building.project_id == project_id, Building.name == name)
    return session.scalars(statement).one()
