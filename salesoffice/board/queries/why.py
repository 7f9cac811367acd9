"""Where a unit stands on every axis: what decides whether something can be done with it now."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from salesoffice.approvals.models import ApprovalRule
from salesoffice.board.queries.facts import UnitFacts, may_see_deal
from salesoffice.board.queries.units import get_unit_facts
from salesoffice.changes.enums import ChangeKind, ChangeState
from salesoffice.changes.models import Change
from salesoffice.contracts.models import Contract
from salesoffice.contracts.queries import find_contract_of_deal
from salesoffice.core.permissions import Actor
from salesoffice.deals.enums import ClaimEnd
from salesoffice.deals.models import Claim, Deal
from salesoffice.deals.queries import may_view_deal
from salesoffice.inventory.models import Unit
from salesoffice.projects.models import Project
from salesoffice.reservations.enums import WaitingState
from salesoffice.reservations.models import Subscription, WaitingEntry
from salesoffice.reservations.queries import (
    count_open_holds,
    find_first_waiting,
    find_subscription_of_deal,
)
from salesoffice.tracks.models import ServiceTrack


@dataclass(frozen=True)
class Situation:
    """Everything about one unit and one person that the rules ask for.

    `deal` is the sale of the open claim, or the last one that ended, `ended` how it did. `waiting` are the customers on
    the list, `first_rep_id` whose the first is. `chains` are the kinds of change that go through approval, `pending` the
    numbers of changes of the sale that wait.
    """

    actor: Actor
    project: Project
    facts: UnitFacts
    now: datetime
    is_accessory: bool
    deal: Deal | None
    ended: ClaimEnd | None
    sees_deal: bool
    subscription: Subscription | None
    contract: Contract | None
    tracks: tuple[ServiceTrack, ...]
    open_holds: int
    waiting: int
    first_rep_id: int | None
    chains: frozenset[str]
    pending: Mapping[ChangeKind, str]


def load_situation(
    session: Session, unit: Unit, project: Project, *, actor: Actor, now: datetime
) -> Situation:
    """Read where a unit stands; a sale that the person may not see is known by the kind of its claim only."""
    facts = get_unit_facts(session, unit, actor=actor, now=now)
    claim = _find_claim(session, unit, facts)
    deal = claim.deal if claim is not None else None
    sees_deal = may_see_deal(actor, facts) if facts.claim else _may_see_ended(actor, deal)
    first = find_first_waiting(session, unit.id)
    return Situation(
        actor=actor,
        project=project,
        facts=facts,
        now=now,
        is_accessory=claim is not None and claim.is_accessory,
        deal=deal,
        ended=claim.end_kind if claim is not None and facts.claim is None else None,
        sees_deal=sees_deal,
        subscription=find_subscription_of_deal(session, deal.id) if deal else None,
        contract=find_contract_of_deal(session, deal.id) if deal else None,
        tracks=_list_tracks(session, deal),
        open_holds=count_open_holds(session, project_id=project.id, rep_id=actor.id or 0),
        waiting=_count_waiting(session, unit),
        first_rep_id=first.rep_id if first else None,
        chains=_list_chains(session, project),
        pending=_list_pending(session, deal),
    )


def _find_claim(session: Session, unit: Unit, facts: UnitFacts) -> Claim | None:
    """Find the open claim, or the last that was closed; one whose time has passed is neither."""
    statement = select(Claim).where(Claim.unit_id == unit.id).order_by(Claim.id.desc())
    if facts.claim is not None:
        return session.scalars(statement.where(Claim.closed_at.is_(None))).first()
    return session.scalars(statement.where(Claim.closed_at.is_not(None))).first()


def _may_see_ended(actor: Actor, deal: Deal | None) -> bool:
    return deal is not None and may_view_deal(actor, deal)


def _list_tracks(session: Session, deal: Deal | None) -> tuple[ServiceTrack, ...]:
    if deal is None:
        return ()
    return tuple(
        session.scalars(select(ServiceTrack).where(ServiceTrack.deal_id == deal.id).order_by(ServiceTrack.id))
    )


def _count_waiting(session: Session, unit: Unit) -> int:
    waits = WaitingEntry.state == WaitingState.WAITING
    return session.scalar(select(func.count()).where(WaitingEntry.unit_id == unit.id, waits)) or 0


def _list_chains(session: Session, project: Project) -> frozenset[str]:
    statement = select(ApprovalRule.kind).where(
        ApprovalRule.project_id == project.id, ApprovalRule.is_required
    )
    return frozenset(session.scalars(statement))


def _list_pending(session: Session, deal: Deal | None) -> Mapping[ChangeKind, str]:
    if deal is None:
        return {}
    statement = select(Change.kind, Change.number).where(
        Change.deal_id == deal.id, Change.state == ChangeState.REQUESTED
    )
    return {row.kind: row.number for row in session.execute(statement)}
