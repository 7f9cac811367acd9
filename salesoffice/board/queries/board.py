"""The board as tuples: units with their state, what changed since a version, and how fresh an answer is."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Date,
    Integer,
    String,
    and_,
    bindparam,
    case,
    exists,
    false,
    func,
    literal_column,
    or_,
    select,
    true,
)  # fmt: skip
from sqlalchemy.orm import Session

from salesoffice.board.rules import count_looks, look_of
from salesoffice.core import clock
from salesoffice.deals.enums import UNIT_STATE_OF_CLAIM
from salesoffice.deals.models import Claim
from salesoffice.deals.rules import derive_unit_state
from salesoffice.infra.models import AuditChain, AuditEntry
from salesoffice.infra.types import UtcDateTime
from salesoffice.inventory.enums import ReleaseState
from salesoffice.inventory.models import Permit, PermitBuilding, PermitUnit, Unit
from salesoffice.inventory.queries import find_open_overlays
from salesoffice.projects.models import Project

MAX_CHANGES = 2000
"""More entries than this since a version, and everything counts as changed."""

UNRELATED_KINDS = frozenset(
    {
        "account_settlements", "accounts", "allocations", "api_tokens", "approval_requests", "approval_rules",
        "approval_tasks", "attachment_requirements", "check_resolutions", "contract_checks", "customer_phones",
        "customers", "daily_logs", "deal_attachments", "delegations", "discount_authorities",
        "discount_schemes", "engineering_notices", "fee_rates", "instalments", "launch_items", "loan_terms",
        "log_recipients", "memberships", "notice_deliveries", "numbered_forms", "offers", "opinions",
        "outbox_mails", "papers", "price_plans", "print_runs", "projects", "receipts", "recent_finds",
        "refunds", "registration_categories", "registrations", "sheet_prints", "undo_offers", "user_sessions",
        "users", "visits", "word_templates",
    }
)  # fmt: skip
"""Subjects whose audit entries without a unit cannot change a cell. Any other one may change all cells."""


@dataclass(frozen=True)
class Cover:
    """Which units the valid permits cover."""

    is_project_wide: bool
    building_ids: frozenset[int]
    unit_ids: frozenset[int] = frozenset()

    def includes(self, building_id: int, unit_id: int) -> bool:
        """Tell whether a unit of a building is covered."""
        return self.is_project_wide or building_id in self.building_ids or unit_id in self.unit_ids


@dataclass(frozen=True)
class Freshness:
    """What the board's answer depends on: the audit chain, and the last hold that ran out without being tidied."""

    sequence: int
    head_hash: str
    lapsed_at: datetime | None

    @property
    def tag(self) -> str:
        """A text that changes exactly when a cell may look different."""
        lapsed = int(self.lapsed_at.timestamp() * 1_000_000) if self.lapsed_at else 0
        return f"{self.sequence}.{self.head_hash[:8]}.{lapsed:x}"


@dataclass(frozen=True)
class Changes:
    """Units that may look different since a version; `unit_ids` None means all of them."""

    unit_ids: frozenset[int] | None


def get_freshness(session: Session, project_id: int, now: datetime) -> Freshness:
    """Return the version of a project's board at a moment, in one query."""
    row = session.connection().execute(_FRESHNESS, {"project_id": project_id, "now": now}).one_or_none()
    return Freshness(row[0], row[1], row[2]) if row else Freshness(0, "", None)


def find_cover(
    session: Session, project_id: int, at: datetime, *, entered_by: datetime | None = None
) -> Cover:
    """Find what the permits issued up to a moment's business day cover; `entered_by` leaves later entries out."""
    values = {"project_id": project_id, "day": clock.business_day_of(at), "entered_by": entered_by}
    statement = _COVER if entered_by is None else _COVER_ENTERED_BY
    rows = session.connection().execute(statement, values).all()
    building_ids = frozenset(row[1] for row in rows if row[1] is not None)
    if not any(row[2] for row in rows):
        return Cover(any(row[0] for row in rows), building_ids)
    by_unit = _COVERED_UNITS if entered_by is None else _COVERED_UNITS_ENTERED_BY
    unit_ids = frozenset(row[0] for row in session.connection().execute(by_unit, values))
    return Cover(any(row[0] for row in rows), building_ids, unit_ids)


def covers(cover: Cover) -> ColumnElement[bool]:
    """Return the condition that a permit covers the unit."""
    if cover.is_project_wide:
        return true()
    conditions = [Unit.building_id.in_(cover.building_ids)] if cover.building_ids else []
    if cover.unit_ids:
        conditions.append(Unit.id.in_(cover.unit_ids))
    return or_(false(), *conditions)


def state_column(covered: ColumnElement[bool]) -> ColumnElement[str]:
    """Return the unit's state as SQL, spelt out from `deals.rules`; the open claim must be outer-joined."""
    claimed = [(Claim.kind == kind, _word(state)) for kind, state in UNIT_STATE_OF_CLAIM.items()]
    unclaimed = [
        (
            and_(Unit.release_state == release, covered if is_permitted else true()),
            _word(derive_unit_state(release, is_permitted, None)),
        )
        for release in ReleaseState
        for is_permitted in (True, False)
    ]
    return case((Claim.kind.is_(None), case(*unclaimed)), *claimed)


def open_claim(now: datetime | BindParameter[datetime]) -> ColumnElement[bool]:
    """Return the join condition of a unit's open claim; one whose time has passed is none."""
    return and_(
        Claim.unit_id == Unit.id,
        Claim.closed_at.is_(None),
        or_(Claim.expires_at.is_(None), Claim.expires_at > now),
    )


def find_changes(session: Session, project_id: int, since: int, until: int) -> Changes:
    """Find which units the audit entries after `since` may have changed; `until` is the chain's sequence now."""
    if since >= until:
        return Changes(frozenset())
    if since < 1 or until - since > MAX_CHANGES:
        return Changes(None)
    statement = (
        select(AuditEntry.unit_id, AuditEntry.subject_kind)
        .where(AuditEntry.project_id == project_id, AuditEntry.sequence > since)
        .distinct()
    )
    found = session.execute(statement).all()
    if any(row[0] is None and row[1] not in UNRELATED_KINDS for row in found):
        return Changes(None)
    return Changes(frozenset(row[0] for row in found if row[0] is not None))


def find_hash_at(session: Session, project_id: int, sequence: int) -> str | None:
    """Find the hash of an entry of the chain."""
    return session.scalar(
        select(AuditEntry.hash).where(AuditEntry.project_id == project_id, AuditEntry.sequence == sequence)
    )


def list_cells(
    session: Session, project_id: int, changes: Changes, *, now: datetime
) -> list[tuple[int, str, str, str]]:
    """List (id, code, state, look) of the changed units, and of those whose hold ran out and was not tidied yet."""
    state = state_column(covers(find_cover(session, project_id, now)))
    statement = (
        select(Unit.id, Unit.code, state)
        .select_from(Unit)
        .outerjoin(Claim, open_claim(now))
        .where(Unit.project_id == project_id)
        .order_by(Unit.id)
    )
    if changes.unit_ids is not None:
        lapsed = select(Claim.unit_id).where(*_lapsed(project_id, now))
        statement = statement.where(or_(Unit.id.in_(changes.unit_ids), Unit.id.in_(lapsed)))
    overlays = find_open_overlays(session, project_id)
    return [
        (row[0], row[1], row[2], look_of(row[2], overlays.get(row[0], ())))
        for row in session.execute(statement)
    ]


def count_by_look(session: Session, project_id: int, *, now: datetime) -> dict[str, int]:
    """Count a project's units per look of their cells, every look present."""
    state = state_column(covers(find_cover(session, project_id, now))).label("state")
    statement = (
        select(Unit.id, state)
        .select_from(Unit)
        .outerjoin(Claim, open_claim(now))
        .where(Unit.project_id == project_id)
    )
    overlays = find_open_overlays(session, project_id)
    return count_looks(look_of(row[1], overlays.get(row[0], ())) for row in session.execute(statement))


def list_next_expiries(session: Session, project_id: int, now: datetime) -> dict[int, datetime]:
    """List per building the next moment at which a hold runs out."""
    rows = session.connection().execute(_NEXT_EXPIRIES, {"project_id": project_id, "now": now})
    return {row[0]: row[1] for row in rows if row[1] is not None}


def find_project_of_wall(session: Session, token_hash: str) -> Project | None:
    """Find the project whose wall display has the token with this SHA-256."""
    return session.scalars(select(Project).where(Project.wall_token_hash == token_hash)).one_or_none()


def list_building_ids(session: Session, unit_ids: Collection[int]) -> set[int]:
    """List the buildings of some units."""
    return set(session.scalars(select(Unit.building_id).where(Unit.id.in_(unit_ids)).distinct()))


def _lapsed(
    project_id: int | BindParameter[int], now: datetime | BindParameter[datetime]
) -> tuple[ColumnElement[bool], ...]:
    return (Claim.project_id == project_id, Claim.closed_at.is_(None), Claim.expires_at <= now)


def _word(state: str) -> ColumnElement[str]:
    return literal_column(f"'{state}'", String)


_PROJECT_ID, _NOW = bindparam("project_id", type_=Integer), bindparam("now", type_=UtcDateTime)
_FRESHNESS = select(
    AuditChain.sequence,
    AuditChain.head_hash,
    select(func.max(Claim.expires_at)).where(*_lapsed(_PROJECT_ID, _NOW)).scalar_subquery(),
).where(AuditChain.project_id == _PROJECT_ID)
_IN_FORCE = and_(Permit.project_id == _PROJECT_ID, Permit.issued_on <= bindparam("day", type_=Date))
_COVER = (
    select(
        Permit.is_project_wide,
        PermitBuilding.building_id,
        exists().where(PermitUnit.permit_id == Permit.id),
    )
    .outerjoin(PermitBuilding, PermitBuilding.permit_id == Permit.id)
    .where(_IN_FORCE)
)
_COVERED_UNITS = (
    select(PermitUnit.unit_id).join(Permit, Permit.id == PermitUnit.permit_id).where(_IN_FORCE).distinct()
)
_WAS_ENTERED = Permit.created_at <= bindparam("entered_by", type_=UtcDateTime)
_COVER_ENTERED_BY, _COVERED_UNITS_ENTERED_BY = _COVER.where(_WAS_ENTERED), _COVERED_UNITS.where(_WAS_ENTERED)
_NEXT_EXPIRIES = (
    select(Unit.building_id, func.min(Claim.expires_at))
    .join(Unit, Unit.id == Claim.unit_id)
    .where(Claim.project_id == _PROJECT_ID, Claim.closed_at.is_(None), Claim.expires_at > _NOW)
    .group_by(Unit.building_id)
)
"""Built once: building a statement costs more than running it."""
