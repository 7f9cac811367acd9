"""What is sold: phase, building, section, floor, unit type, unit; and the pre-sale permit that allows it."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from salesoffice.infra.db import Model
from salesoffice.infra.types import Area, UtcDateTime, enum_type
from salesoffice.inventory.enums import Product, ReleaseState


class Phase(Model):
    """A phase of a project."""

    __tablename__ = "phases"
    __table_args__ = (UniqueConstraint("project_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"))
    name: Mapped[str] = mapped_column(String(60))


class Building(Model):
    """A building; `name` is the office's word for it (6栋), empty when the source names none."""

    __tablename__ = "buildings"
    __table_args__ = (UniqueConstraint("project_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"))
    phase_id: Mapped[int | None] = mapped_column(ForeignKey("phases.id"))
    name: Mapped[str] = mapped_column(String(60))
    position: Mapped[int] = mapped_column(default=0)


class Section(Model):
    """A stair section (单元, 座) of a building; every building has at least one, with an empty name if it needs none."""

    __tablename__ = "sections"
    __table_args__ = (UniqueConstraint("building_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    building_id: Mapped[int] = mapped_column(ForeignKey("buildings.id"))
    name: Mapped[str] = mapped_column(String(60))
    position: Mapped[int] = mapped_column(default=0)

    building: Mapped[Building] = relationship()


class Floor(Model):
    """A floor of a section: physical number (None when the source does not tell) and the label people see."""

    __tablename__ = "floors"
    __table_args__ = (UniqueConstraint("section_id", "label"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    section_id: Mapped[int] = mapped_column(ForeignKey("sections.id"))
    number: Mapped[int | None]
    label: Mapped[str] = mapped_column(String(20))

    section: Mapped[Section] = relationship()


class UnitType(Model):
    """A unit type (户型) and its floor plan."""

    __tablename__ = "unit_types"
    __table_args__ = (UniqueConstraint("project_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"))
    name: Mapped[str] = mapped_column(String(60))
    layout: Mapped[str] = mapped_column(String(60), default="")
    floor_plan_id: Mapped[int | None] = mapped_column(ForeignKey("stored_files.id"))


class Unit(Model):
    """One saleable unit. Only the release axis is stored; its state is derived in `deals.rules`."""

    __tablename__ = "units"
    __table_args__ = (
        UniqueConstraint("project_id", "code"),
        UniqueConstraint("floor_id", "room_no"),
        Index("ix_units_building", "building_id"),
        CheckConstraint("gross_area IS NULL OR gross_area > 0", name="gross_area"),
        CheckConstraint("inner_area IS NULL OR inner_area > 0", name="inner_area"),
        CheckConstraint("shared_area IS NULL OR shared_area >= 0", name="shared_area"),
        CheckConstraint("release_state <> 'withheld' OR withheld_reason <> ''", name="withheld_reason"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"))
    building_id: Mapped[int] = mapped_column(ForeignKey("buildings.id"))
    section_id: Mapped[int] = mapped_column(ForeignKey("sections.id"))
    floor_id: Mapped[int] = mapped_column(ForeignKey("floors.id"))
    code: Mapped[str] = mapped_column(String(64))
    room_no: Mapped[str] = mapped_column(String(30))
    line: Mapped[str] = mapped_column(String(20), default="")
    unit_type_id: Mapped[int | None] = mapped_column(ForeignKey("unit_types.id"))
    usage: Mapped[str] = mapped_column(String(40), default="")
    product: Mapped[Product] = mapped_column(enum_type(Product), default=Product.RESIDENTIAL)
    orientation: Mapped[str] = mapped_column(String(20), default="")
    gross_area: Mapped[Decimal | None] = mapped_column(Area)
    inner_area: Mapped[Decimal | None] = mapped_column(Area)
    shared_area: Mapped[Decimal | None] = mapped_column(Area)
    release_state: Mapped[ReleaseState] = mapped_column(
        enum_type(ReleaseState), default=ReleaseState.UNRELEASED
    )
    withheld_reason: Mapped[str] = mapped_column(String(200), default="")
    withheld_until: Mapped[date | None]
    withheld_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    source_label: Mapped[str] = mapped_column(String(100), default="")
    source_status: Mapped[str] = mapped_column(String(60), default="")
    doubt: Mapped[str] = mapped_column(String(300), default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    building: Mapped[Building] = relationship()
    section: Mapped[Section] = relationship()
    floor: Mapped[Floor] = relationship()
    unit_type: Mapped[UnitType | None] = relationship()


class Permit(Model):
    """A pre-sale permit. Without buildings it covers the whole project."""

    __tablename__ = "permits"
    __table_args__ = (UniqueConstraint("project_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"))
    number: Mapped[str] = mapped_column(String(60))
    issued_on: Mapped[date]
    is_project_wide: Mapped[bool]
    supervised_account: Mapped[str] = mapped_column(String(100), default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class PermitBuilding(Model):
    """A building that a permit covers."""

    __tablename__ = "permit_buildings"

    permit_id: Mapped[int] = mapped_column(ForeignKey("permits.id"), primary_key=True)
    building_id: Mapped[int] = mapped_column(ForeignKey("buildings.id"), primary_key=True)
