"""What is sold: phase, building, section, floor, unit type, unit with its areas and overlays; the pre-sale permits
that allow it, and the release batches in which it comes to the market.
"""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from salesoffice.infra.db import Model
from salesoffice.infra.types import Area, Fen, UtcDateTime, enum_type
from salesoffice.inventory.enums import AreaEdition, BatchState, OverlayKind, Product, ReleaseState


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
    floor_plan_id: Mapped[int | None] = mapped_column(ForeignKey("stored_files.id"))

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
    """One saleable unit. Only the release axis is stored; its state is derived in `deals.rules`.

    The three areas are those the price is counted by, of the edition `area_edition`; every edition measured is kept in
    `unit_areas`. `storey_height` is metres.
    """

    __tablename__ = "units"
    __table_args__ = (
        UniqueConstraint("project_id", "code"),
        UniqueConstraint("floor_id", "room_no"),
        Index("ix_units_building", "building_id"),
        CheckConstraint("gross_area IS NULL OR gross_area > 0", name="gross_area"),
        CheckConstraint("inner_area IS NULL OR inner_area > 0", name="inner_area"),
        CheckConstraint("shared_area IS NULL OR shared_area >= 0", name="shared_area"),
        CheckConstraint("release_state <> 'withheld' OR withheld_reason <> ''", name="withheld_reason"),
        CheckConstraint("storey_height IS NULL OR storey_height > 0", name="storey_height"),
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
    view: Mapped[str] = mapped_column(String(40), default="", server_default="")
    light: Mapped[str] = mapped_column(String(40), default="", server_default="")
    storey_height: Mapped[Decimal | None] = mapped_column(Area)
    gross_area: Mapped[Decimal | None] = mapped_column(Area)
    inner_area: Mapped[Decimal | None] = mapped_column(Area)
    shared_area: Mapped[Decimal | None] = mapped_column(Area)
    area_edition: Mapped[AreaEdition] = mapped_column(
        enum_type(AreaEdition), default=AreaEdition.PRESALE, server_default="presale"
    )
    release_state: Mapped[ReleaseState] = mapped_column(
        enum_type(ReleaseState), default=ReleaseState.UNRELEASED
    )
    withheld_reason: Mapped[str] = mapped_column(String(200), default="")
    withheld_until: Mapped[date | None]
    withheld_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    withheld_approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    source_label: Mapped[str] = mapped_column(String(100), default="")
    source_status: Mapped[str] = mapped_column(String(60), default="")
    doubt: Mapped[str] = mapped_column(String(300), default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    building: Mapped[Building] = relationship()
    section: Mapped[Section] = relationship()
    floor: Mapped[Floor] = relationship()
    unit_type: Mapped[UnitType | None] = relationship()


class Permit(Model):
    """A pre-sale permit: for the whole project, or for the buildings and single units that it names.

    Within ten days of `issued_on` all units it covers and their prices must be made public; `published_on` is the day
    that was done.
    """

    __tablename__ = "permits"
    __table_args__ = (UniqueConstraint("project_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"))
    number: Mapped[str] = mapped_column(String(60))
    issued_on: Mapped[date]
    is_project_wide: Mapped[bool]
    supervised_account: Mapped[str] = mapped_column(String(100), default="")
    published_on: Mapped[date | None]
    published_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class PermitBuilding(Model):
    """A building that a permit covers."""

    __tablename__ = "permit_buildings"

    permit_id: Mapped[int] = mapped_column(ForeignKey("permits.id"), primary_key=True)
    building_id: Mapped[int] = mapped_column(ForeignKey("buildings.id"), primary_key=True)


class PermitUnit(Model):
    """A single unit that a permit covers beside the buildings it names."""

    __tablename__ = "permit_units"

    permit_id: Mapped[int] = mapped_column(ForeignKey("permits.id"), primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), primary_key=True, index=True)


class UnitArea(Model):
    """The areas (m²) of a unit in one edition; a correction is a new row that supersedes the old.

    A final survey counts once a second person has checked it (`checked_by_id`, never the one who entered it).
    """

    __tablename__ = "unit_areas"
    __table_args__ = (
        Index(
            "uq_unit_areas_current",
            "unit_id",
            "edition",
            unique=True,
            sqlite_where=text("superseded_at IS NULL"),
            postgresql_where=text("superseded_at IS NULL"),
        ),
        CheckConstraint("gross_area IS NULL OR gross_area > 0", name="gross_area"),
        CheckConstraint("inner_area IS NULL OR inner_area > 0", name="inner_area"),
        CheckConstraint("shared_area IS NULL OR shared_area >= 0", name="shared_area"),
        CheckConstraint("checked_by_id IS NULL OR checked_by_id <> entered_by_id", name="second_person"),
        CheckConstraint("(checked_by_id IS NULL) = (checked_at IS NULL)", name="checked_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    edition: Mapped[AreaEdition] = mapped_column(enum_type(AreaEdition))
    gross_area: Mapped[Decimal | None] = mapped_column(Area)
    inner_area: Mapped[Decimal | None] = mapped_column(Area)
    shared_area: Mapped[Decimal | None] = mapped_column(Area)
    surveyor: Mapped[str] = mapped_column(String(100), default="")
    surveyed_on: Mapped[date | None]
    source: Mapped[str] = mapped_column(String(255), default="")
    entered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    entered_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    checked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    checked_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    superseded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class UnitOverlay(Model):
    """A legal overlay on a unit, open until it is lifted. While one is open a trigger refuses every new claim."""

    __tablename__ = "unit_overlays"
    __table_args__ = (
        Index(
            "uq_unit_overlays_open",
            "unit_id",
            "kind",
            unique=True,
            sqlite_where=text("lifted_on IS NULL"),
            postgresql_where=text("lifted_on IS NULL"),
        ),
        CheckConstraint("lifted_on IS NULL OR lifted_on >= since_on", name="lifted_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    kind: Mapped[OverlayKind] = mapped_column(enum_type(OverlayKind))
    since_on: Mapped[date]
    reference: Mapped[str] = mapped_column(String(200))
    entered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    entered_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    lifted_on: Mapped[date | None]
    lifted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    lifted_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    lift_reason: Mapped[str] = mapped_column(String(200), default="")


class ReleaseBatch(Model):
    """A group of units across buildings that comes to the market together.

    `launched_*` are the numbers as launched (units, m² of gross area, fen of list prices): sell-through is counted
    against them and they never change.
    """

    __tablename__ = "release_batches"
    __table_args__ = (
        UniqueConstraint("project_id", "name"),
        CheckConstraint("(state = 'launched') = (launched_at IS NOT NULL)", name="launched_at"),
        CheckConstraint("(launched_at IS NULL) = (launched_unit_count IS NULL)", name="launched_unit_count"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"))
    name: Mapped[str] = mapped_column(String(60))
    state: Mapped[BatchState] = mapped_column(enum_type(BatchState), default=BatchState.PLANNED)
    planned_on: Mapped[date | None]
    note: Mapped[str] = mapped_column(String(200), default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    launched_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    launched_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    launched_unit_count: Mapped[int | None]
    launched_gross_area: Mapped[Decimal | None] = mapped_column(Area)
    launched_list_amount: Mapped[int | None] = mapped_column(Fen)


class ReleaseBatchUnit(Model):
    """A unit of a release batch; a unit belongs to one batch at most."""

    __tablename__ = "release_batch_units"

    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("release_batches.id"), index=True)
