"""What stands on price sheets, and which sheets were printed."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from salesoffice.core.errors import NotFound
from salesoffice.core.text import natural_key
from salesoffice.infra.models import StoredFile
from salesoffice.inventory.enums import ReleaseState
from salesoffice.inventory.models import Building, Floor, Section, Unit, UnitType
from salesoffice.pricing.enums import PriceBasis
from salesoffice.pricing.models import PriceVersion, SheetPrint, UnitPrice
from salesoffice.staff.models import User


class PriceRow(NamedTuple):
    """One unit of a price sheet: where it is, how large it is (m²), what it costs (fen, fen per m²)."""

    unit_id: int
    code: str
    building_id: int
    building: str
    section_id: int
    section: str
    floor_number: int | None
    floor_label: str
    line: str
    room_no: str
    unit_type: str
    usage: str
    orientation: str
    storey_height: Decimal | None
    gross_area: Decimal | None
    inner_area: Decimal | None
    shared_area: Decimal | None
    release_state: ReleaseState
    source_status: str
    basis: PriceBasis
    gross_price: int | None
    inner_price: int | None
    list_total_amount: int
    filed_total_amount: int | None
    building_position: int
    section_position: int

    @property
    def order(self) -> tuple[object, ...]:
        """The place on a sheet: building, section, floor (lowest first, unknown ones before), line, room."""
        return (
            self.building_position, not self.building, natural_key(self.building), self.building_id,
            self.section_position, natural_key(self.section), self.section_id, self.floor_number or 0,
            natural_key(self.floor_label), natural_key(self.line), natural_key(self.room_no), self.unit_id,
        )  # fmt: skip


class PrintRow(NamedTuple):
    """A printed sheet with what a list tells about it."""

    record: SheetPrint
    number: int
    building: str | None
    person: str | None


def price_rows(session: Session, version: PriceVersion, building_id: int | None = None) -> list[PriceRow]:
    """List the priced units of a version by building, section, floor (lowest first) and room, names as people count."""
    statement = (
        select(
            Unit.id, Unit.code, Building.id, Building.name, Section.id, Section.name, Floor.number, Floor.label,
            Unit.line, Unit.room_no, func.coalesce(UnitType.name, ""), Unit.usage, Unit.orientation,
            Unit.storey_height, Unit.gross_area, Unit.inner_area, Unit.shared_area, Unit.release_state,
            Unit.source_status, UnitPrice.basis, UnitPrice.gross_price, UnitPrice.inner_price,
            UnitPrice.list_total_amount, UnitPrice.filed_total_amount, Building.position, Section.position,
        )
        .join(Unit, Unit.id == UnitPrice.unit_id)
        .join(Building, Building.id == Unit.building_id)
        .join(Section, Section.id == Unit.section_id)
        .join(Floor, Floor.id == Unit.floor_id)
        .outerjoin(UnitType, UnitType.id == Unit.unit_type_id)
        .where(UnitPrice.version_id == version.id)
    )  # fmt: skip
    if building_id is not None:
        statement = statement.where(Unit.building_id == building_id)
    return sorted((PriceRow._make(row) for row in session.execute(statement)), key=lambda row: row.order)


def find_person(session: Session, user_id: int | None) -> str | None:
    """Find the name of a person."""
    return None if user_id is None else session.scalar(select(User.name).where(User.id == user_id))


def list_prints(session: Session, project_id: int, limit: int) -> Sequence[PrintRow]:
    """List the sheets of a project that were printed last, the newest first."""
    statement = (
        select(SheetPrint, PriceVersion.number, Building.name, User.name)
        .join(PriceVersion, PriceVersion.id == SheetPrint.version_id)
        .outerjoin(Building, Building.id == SheetPrint.building_id)
        .outerjoin(User, User.id == SheetPrint.printed_by_id)
        .where(PriceVersion.project_id == project_id)
        .order_by(SheetPrint.printed_at.desc(), SheetPrint.id.desc())
        .limit(limit)
    )
    return [PrintRow(*row) for row in session.execute(statement)]


def find_recent_print(
    session: Session, version: PriceVersion, *, name: str, user_id: int | None, since: datetime
) -> SheetPrint | None:
    """Find the sheet that a person printed under a file name since a moment, the last one."""
    statement = (
        select(SheetPrint)
        .join(StoredFile, StoredFile.id == SheetPrint.file_id)
        .where(
            SheetPrint.version_id == version.id,
            StoredFile.name == name,
            SheetPrint.printed_by_id == user_id,
            SheetPrint.printed_at >= since,
        )
        .order_by(SheetPrint.id.desc())
        .limit(1)
    )
    return session.scalars(statement).first()


def get_print(session: Session, project_id: int, print_id: int) -> SheetPrint:
    """Return a printed sheet of a project; raises NotFound."""
    statement = (
        select(SheetPrint)
        .join(PriceVersion, PriceVersion.id == SheetPrint.version_id)
        .where(SheetPrint.id == print_id, PriceVersion.project_id == project_id)
    )
    record = session.scalars(statement).one_or_none()
    if record is None:
        raise NotFound(_l("There is no such printed sheet."))
    return record
