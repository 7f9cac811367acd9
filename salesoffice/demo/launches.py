"""The release batches of the demonstration: one launched on the first day, one that is being prepared."""

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from salesoffice.core.permissions import Actor
from salesoffice.demo.book import Book, moment
from salesoffice.demo.later_stock import GARAGE, NEXT_BUILDING, list_units
from salesoffice.inventory.enums import OverlayKind
from salesoffice.inventory.models import ReleaseBatch, Unit
from salesoffice.inventory.services import (
    add_permit,
    place_overlay,
    put_into_batch,
    release_units,
    withhold_unit,
)
from salesoffice.launch.enums import LaunchItemKind as Kind
from salesoffice.launch.models import LaunchItem
from salesoffice.launch.rules import AUTOMATIC
from salesoffice.launch.services import assign_item, begin_batch, close_item, launch, skip_item

FIRST_BATCH, NEXT_BATCH = "首期开盘", "4栋加推"
FIRST_BUILDINGS = ("1栋", "2栋", "3栋")

WITHHELD = (
    ("1-A-201", "样板房"),
    ("1-A-202", "样板房"),
    ("1-B-1901", "集团保留"),
    ("1-B-1903", "集团保留"),
    ("2-A-1801", "集团保留"),
    ("3-A-101", "物业用房待定"),
)
"""Units that management keeps back, and why."""

MORTGAGED = "3-A-102"

_DONE = (
    Kind.SUPPLEMENT,
    Kind.CERTIFICATE_LAND_USE,
    Kind.CERTIFICATE_LAND_PLANNING,
    Kind.CERTIFICATE_WORKS_PLANNING,
    Kind.CERTIFICATE_CONSTRUCTION,
)
_LATE = ((Kind.CONTRACT_TEXT, "assistant2", 2), (Kind.MORTGAGE_PAPERS, "assistant", 1))
_OPEN = ((Kind.ORDER_FORMS, "assistant2", 4), (Kind.CERTIFICATE_PRESALE, "planner", 9))


def prepare_first_batch(session: Session, project_id: int, *, actor: Actor, opened_on: date) -> ReleaseBatch:
    """Put all flats of the filing into the first batch; its checklist is done but for what the data tells."""
    batch = begin_batch(session, project_id, actor=actor, name=FIRST_BATCH, planned_on=opened_on)
    ids = [unit.id for name in FIRST_BUILDINGS for unit in list_units(session, project_id, name)]
    put_into_batch(session, batch, actor=actor, unit_ids=ids)
    for item in list_of(session, batch):
        if item.kind not in AUTOMATIC:
            close_item(session, item, actor=actor)
    return batch


def open_sales(session: Session, batch: ReleaseBatch, *, manager: Actor, assistant: Actor, on: date) -> None:
    """Launch the first batch, put the garage on sale, and keep back what managers keep back."""
    launch(session, batch, actor=manager)
    garage = [unit.id for unit in list_units(session, batch.project_id, GARAGE)]
    release_units(session, batch.project_id, actor=manager, unit_ids=garage)
    for code, reason in WITHHELD:
        withhold_unit(session, _get_unit(session, batch.project_id, code), actor=manager, reason=reason)
    place_overlay(
        session, _get_unit(session, batch.project_id, MORTGAGED), actor=assistant, kind=OverlayKind.MORTGAGED,
        since_on=on - timedelta(days=30), reference="在建工程抵押登记 2026-0417 号",
    )  # fmt: skip


def plan_next_batch(book: Book, first_day: date, today: date) -> None:
    """Note when the second batch is begun, its permit issued, and its checklist worked on."""

    def begin(day: date) -> None:
        with moment(day, 9, 10) as session:
            batch = begin_batch(
                session, book.office.project_id, actor=book.office.actors["planner"], name=NEXT_BATCH,
                planned_on=today + timedelta(days=12), note="首期去化过半后加推",
            )  # fmt: skip
            ids = [unit.id for unit in list_units(session, book.office.project_id, NEXT_BUILDING)]
            put_into_batch(session, batch, actor=book.office.actors["planner"], unit_ids=ids)

    def permit(day: date) -> None:
        with moment(day, 9, 20) as session:
            building = list_units(session, book.office.project_id, NEXT_BUILDING)[0].building_id
            add_permit(
                session, book.office.project_id, actor=book.office.actors["manager"],
                number="深房许字（2026）锦绣002号", issued_on=day, building_ids=[building],
            )  # fmt: skip

    book.note(max(first_day, today - timedelta(days=14)), begin)
    book.note(max(first_day, today - timedelta(days=6)), permit)
    book.note(max(first_day, today - timedelta(days=4)), lambda day: _work_on_checklist(book, day, today))


def _work_on_checklist(book: Book, day: date, today: date) -> None:
    office = book.office
    with moment(day, 9, 30) as session:
        items = {item.kind: item for item in list_of(session, _get_batch(session, office.project_id))}
        for kind in _DONE:
            close_item(session, items[kind], actor=office.actors["assistant"])
        skip_item(
            session, items[Kind.CHANGE_NOTICES], actor=office.actors["manager"], reason="本栋无设计变更"
        )
        dated = [(kind, name, -days) for kind, name, days in _LATE] + list(_OPEN)
        for kind, name, days in dated:
            assign_item(
                session, items[kind], actor=office.actors["manager"], owner_id=office.actors[name].id,
                due_on=today + timedelta(days=days), note="",
            )  # fmt: skip


def list_of(session: Session, batch: ReleaseBatch) -> Sequence[LaunchItem]:
    """List the checklist of a batch."""
    return session.scalars(select(LaunchItem).where(LaunchItem.batch_id == batch.id)).all()


def _get_batch(session: Session, project_id: int) -> ReleaseBatch:
    return session.scalars(
        select(ReleaseBatch).where(ReleaseBatch.project_id == project_id, ReleaseBatch.name == NEXT_BATCH)
    ).one()


def _get_unit(session: Session, project_id: int, code: str) -> Unit:
    return session.scalars(select(Unit).where(Unit.project_id == project_id, Unit.code == code)).one()
