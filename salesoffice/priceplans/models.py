"""Price plans: a target, factors and adjustments from which the list prices of a launch or a repricing are counted."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, true
from sqlalchemy.orm import Mapped, mapped_column, relationship

from salesoffice.infra.db import Model
from salesoffice.infra.types import Fen, Rate, UtcDateTime, enum_type
from salesoffice.priceplans.enums import FactorKind, PlanMethod, RoundingMode, RoundingTarget
from salesoffice.pricing.enums import PriceBasis


class PricePlan(Model):
    """One way to price the units of a batch, of some buildings, or of a whole project. A copy of it is a scenario.

    Unit prices are fen per m² of the basis. `target_price` is the net average to reach after `blended_discount` (the
    share of the list price that is paid, 0.97); without a target `base_price` stands as it is. `rounding_step` is fen
    (100 = whole yuan). `revision` counts the changes: who saves upon an older one is refused.
    """

    __tablename__ = "price_plans"
    __table_args__ = (
        UniqueConstraint("project_id", "name"),
        CheckConstraint("target_price IS NULL OR target_price > 0", name="target_price"),
        CheckConstraint("base_price IS NULL OR base_price > 0", name="base_price"),
        CheckConstraint("target_price IS NOT NULL OR base_price IS NOT NULL", name="target_or_base"),
        CheckConstraint("blended_discount > 0 AND blended_discount <= 1000000", name="blended_discount"),
        CheckConstraint("rounding_step > 0", name="rounding_step"),
        CheckConstraint("min_price IS NULL OR max_price IS NULL OR min_price <= max_price", name="bounds"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"))
    name: Mapped[str] = mapped_column(String(60))
    note: Mapped[str] = mapped_column(String(500), default="")
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("release_batches.id"))
    method: Mapped[PlanMethod] = mapped_column(enum_type(PlanMethod))
    basis: Mapped[PriceBasis] = mapped_column(enum_type(PriceBasis))
    target_price: Mapped[int | None] = mapped_column(Fen)
    blended_discount: Mapped[Decimal] = mapped_column(Rate, default=Decimal(1))
    base_price: Mapped[int | None] = mapped_column(Fen)
    base_floor: Mapped[int] = mapped_column(default=1)
    rounding_mode: Mapped[RoundingMode] = mapped_column(enum_type(RoundingMode), default=RoundingMode.HALF_UP)
    rounding_target: Mapped[RoundingTarget] = mapped_column(
        enum_type(RoundingTarget), default=RoundingTarget.UNIT_PRICE
    )
    rounding_step: Mapped[int] = mapped_column(Fen, default=100)
    min_price: Mapped[int | None] = mapped_column(Fen)
    max_price: Mapped[int | None] = mapped_column(Fen)
    is_open: Mapped[bool] = mapped_column(default=True, server_default=true())
    revision: Mapped[int] = mapped_column(default=1)
    version_id: Mapped[int | None] = mapped_column(ForeignKey("price_versions.id"))
    copied_from_id: Mapped[int | None] = mapped_column(ForeignKey("price_plans.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)

    buildings: Mapped[list["PlanBuilding"]] = relationship(order_by="PlanBuilding.building_id")
    factors: Mapped[list["PlanFactor"]] = relationship(order_by="PlanFactor.kind, PlanFactor.position")
    adjustments: Mapped[list["PlanAdjustment"]] = relationship(order_by="PlanAdjustment.unit_id")


class PlanBuilding(Model):
    """A building that a plan without a batch covers; none at all means the whole project."""

    __tablename__ = "price_plan_buildings"

    plan_id: Mapped[int] = mapped_column(ForeignKey("price_plans.id"), primary_key=True)
    building_id: Mapped[int] = mapped_column(ForeignKey("buildings.id"), primary_key=True)


class PlanFactor(Model):
    """One line of a factor table: `coefficient` multiplies the base, `difference` (fen per m²) is added after it.

    `building_id` None: for every building of the plan; a line of one building goes before it for the same key.
    """

    __tablename__ = "price_plan_factors"
    __table_args__ = (
        Index("ix_price_plan_factors_plan", "plan_id", "kind"),
        UniqueConstraint("plan_id", "kind", "building_id", "key"),
        CheckConstraint("coefficient IS NULL OR coefficient > 0", name="coefficient"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("price_plans.id"))
    kind: Mapped[FactorKind] = mapped_column(enum_type(FactorKind))
    building_id: Mapped[int | None] = mapped_column(ForeignKey("buildings.id"))
    key: Mapped[str] = mapped_column(String(60))
    position: Mapped[int] = mapped_column(default=0)
    coefficient: Mapped[Decimal | None] = mapped_column(Rate)
    difference: Mapped[int | None] = mapped_column(Fen)


class PlanAdjustment(Model):
    """What a plan adds to the price of one unit (fen per m², either sign), and why."""

    __tablename__ = "price_plan_adjustments"
    __table_args__ = (CheckConstraint("reason <> ''", name="reason"),)

    plan_id: Mapped[int] = mapped_column(ForeignKey("price_plans.id"), primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), primary_key=True)
    difference: Mapped[int] = mapped_column(Fen)
    reason: Mapped[str] = mapped_column(String(200))


class PlanChange(Model):
    """What one change of a plan replaced (`before`, JSON) and by what: so that the last ones can be taken back.

    `revision` is the plan's after the change. Only the newest changes are kept; the audit has all of them.
    """

    __tablename__ = "price_plan_changes"

    plan_id: Mapped[int] = mapped_column(ForeignKey("price_plans.id"), primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    before: Mapped[str] = mapped_column(Text)
    after: Mapped[str] = mapped_column(Text)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
