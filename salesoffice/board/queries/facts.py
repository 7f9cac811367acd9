"""What is known about one unit, and who may read which part of it."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from salesoffice.board.enums import CellLook
from salesoffice.board.rules import look_of
from salesoffice.core.permissions import Actor, Permission
from salesoffice.deals.enums import ClaimKind, NotFreeReason, UnitState
from salesoffice.deals.rules import why_not_free
from salesoffice.infra.models import AuditEntry
from salesoffice.inventory.enums import OverlayKind, Product, ReleaseState
from salesoffice.inventory.models import Unit, UnitArea, UnitOverlay
from salesoffice.pricing.enums import PriceBasis
from salesoffice.pricing.models import PriceVersion

_OPEN_KINDS = frozenset({model.__tablename__ for model in (Unit, UnitArea, UnitOverlay, PriceVersion)})


@dataclass(frozen=True)
class ClaimFacts:
    """The open claim of a unit. `id` is the id of the hold, subscription or contract that `kind` names."""

    kind: ClaimKind
    id: int
    expires_at: datetime | None
    mine: bool
    deal_id: int
    deal_number: str
    rep_id: int
    rep_name: str


@dataclass(frozen=True)
class UnitFacts:
    """One unit. Areas in m², money in fen, unit prices in fen per m²; `version` is its last audit entry."""

    id: int
    project_id: int
    code: str
    project: str
    building_id: int
    building: str
    section: str
    floor: int | None
    floor_label: str
    room_no: str
    line: str
    unit_type: str
    floor_plan_id: int | None
    section_plan_id: int | None
    usage: str
    orientation: str
    view: str
    light: str
    storey_height: Decimal | None
    product: Product
    gross_area: Decimal | None
    inner_area: Decimal | None
    shared_area: Decimal | None
    gross_price: int | None
    inner_price: int | None
    list_total_amount: int | None
    price_basis: PriceBasis | None
    price_version: int | None
    filed_total_amount: int | None
    state: UnitState
    release_state: ReleaseState
    withheld_reason: str
    withheld_until: date | None
    withheld_by: str
    doubt: str
    withheld_approved_by: str
    is_permitted: bool
    overlay: tuple[OverlayKind, ...]
    claim: ClaimFacts | None
    version: int

    @property
    def list_unit_price(self) -> int | None:
        """The list price per m² on the basis that the source states; by gross area when it is per unit."""
        return self.inner_price if self.price_basis is PriceBasis.INNER else self.gross_price

    @property
    def not_free(self) -> NotFreeReason | None:
        """Why the unit cannot be claimed now."""
        kind = None if self.claim is None else self.claim.kind
        return why_not_free(self.release_state.value, self.is_permitted, kind, is_overlaid=bool(self.overlay))

    @property
    def reason(self) -> str | None:
        """The machine-readable reason, for a withheld unit the manager's words; None when free or claimed."""
        if self.state is UnitState.WITHHELD:
            return self.withheld_reason
        return self.not_free.value if self.claim is None and self.not_free is not None else None

    @property
    def look(self) -> CellLook:
        """How the unit's cell on the board looks."""
        return CellLook(look_of(self.state.value, self.overlay))


def may_see_customer(actor: Actor, facts: UnitFacts) -> bool:
    """Tell whether a person may read for whom a unit is held or sold."""
    if facts.claim is None:
        return False
    if actor.can(Permission.CUSTOMER_VIEW_ALL, facts.project_id):
        return True
    return facts.claim.mine and actor.can(Permission.CUSTOMER_VIEW, facts.project_id)


def may_see_details(actor: Actor, entry: AuditEntry) -> bool:
    """Tell whether a person may read reason, number and amount of an entry in a unit's history.

    What was done to the unit itself, its areas and list price is open to everybody; of sales, those without sight of all
    deals read their own acts.
    """
    if entry.subject_kind in _OPEN_KINDS or entry.actor_id == actor.id:
        return True
    return actor.can(Permission.DEAL_VIEW_ALL, entry.project_id)


def may_see_deal(actor: Actor, facts: UnitFacts) -> bool:
    """Tell whether a person may open the deal behind a unit's claim."""
    if facts.claim is None:
        return False
    if actor.can(Permission.DEAL_VIEW_ALL, facts.project_id):
        return True
    return facts.claim.mine and actor.can(Permission.DEAL_VIEW, facts.project_id)
