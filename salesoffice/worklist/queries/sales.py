"""What waits in sales: holds and orders that end, signing, second entry, filing, papers, service."""

from sqlalchemy import ColumnElement, Date, Select, and_, bindparam, or_, select
from sqlalchemy.orm import aliased

from salesoffice.changes.enums import ChangeState
from salesoffice.changes.models import Change
from salesoffice.contracts.enums import ContractState
from salesoffice.contracts.models import Contract
from salesoffice.deals.enums import CLAIM_STEPS, ClaimKind, DealState, Stage
from salesoffice.deals.models import AttachmentRequirement, Claim, Deal, DealAttachment
from salesoffice.infra.types import UtcDateTime
from salesoffice.inventory.models import Unit
from salesoffice.notices.models import EngineeringNotice, NoticeDelivery
from salesoffice.papers.enums import BINDING_KINDS
from salesoffice.papers.models import Paper
from salesoffice.projects.models import Project
from salesoffice.reservations.enums import HoldState, ProvisionalState, SubscriptionState, WaitingState
from salesoffice.reservations.models import Hold, ProvisionalOrder, Subscription, WaitingEntry
from salesoffice.tracks.enums import TRACK_STEPS, TrackState
from salesoffice.tracks.models import ServiceTrack
from salesoffice.worklist.queries.base import (
    BACKDATED_WITHIN,
    DAY_END,
    IN_A_WEEK,
    ME,
    NOW,
    OWN,
    PROJECTS,
    SOON,
    TODAY,
    line,
    sees_deal,
)

STAGE_OF_CLAIM = {
    ClaimKind.SUBSCRIPTION: Stage.SUBSCRIBE,
    ClaimKind.CONTRACT: Stage.CONTRACT,
    ClaimKind.SIGNED_ONLINE: Stage.SIGN_ONLINE,
    ClaimKind.FILED: Stage.FILE,
    ClaimKind.DELIVERED: Stage.HAND_OVER,
}
"""Which stage a claim enters when it moves on to a kind."""

_UNFINISHED = frozenset(state for state, steps in TRACK_STEPS.items() if TrackState.DONE in steps)


def holds_ending() -> Select[tuple[object, ...]]:
    """Live holds that end within two hours, the next first; `days` is 1 where it can still be extended."""
    return (
        select(*line(Hold.project_id, Hold.id, due=Hold.expires_at, amount=Hold.list_total_amount, part=Hold.latest_expiry_at))
        .join(Deal, Deal.id == Hold.deal_id)
        .join(Unit, Unit.id == Hold.unit_id)
        .where(
            Hold.project_id.in_(PROJECTS), Hold.state == HoldState.OPEN,
            Hold.expires_at > NOW, Hold.expires_at <= SOON, sees_deal(),
        )
        .order_by(Hold.expires_at, Hold.id)
    )  # fmt: skip


def orders_ending() -> Select[tuple[object, ...]]:
    """Provisional orders that end before the day does."""
    order = ProvisionalOrder
    return (
        select(*line(order.project_id, order.id, about=order.number, due=order.expires_at, amount=order.amount))
        .join(Deal, Deal.id == order.deal_id)
        .join(Unit, Unit.id == order.unit_id)
        .where(
            order.project_id.in_(PROJECTS), order.state == ProvisionalState.OPEN,
            order.expires_at > NOW, order.expires_at <= DAY_END, sees_deal(),
        )
        .order_by(order.expires_at, order.id)
    )  # fmt: skip


def offered() -> Select[tuple[object, ...]]:
    """Units that are held for the first of their waiting list."""
    entry = WaitingEntry
    return (
        select(*line(entry.project_id, entry.id, due=Hold.expires_at))
        .join(Hold, Hold.id == entry.hold_id)
        .join(Deal, Deal.id == Hold.deal_id)
        .join(Unit, Unit.id == entry.unit_id)
        .where(
            entry.project_id.in_(PROJECTS), entry.state == WaitingState.OFFERED, Hold.state == HoldState.OPEN,
            Hold.expires_at > NOW, or_(entry.project_id.not_in(OWN), entry.rep_id == ME),
        )
        .order_by(Hold.expires_at, entry.id)
    )  # fmt: skip


def signing_late() -> Select[tuple[object, ...]]:
    """Agreements in force past the day by which the contract was to be signed, the longest first."""
    agreement = Subscription
    return (
        select(*line(agreement.project_id, agreement.id, about=agreement.number, due=agreement.sign_by, amount=agreement.total_amount))
        .join(Deal, Deal.id == agreement.deal_id)
        .join(Unit, Unit.id == Deal.unit_id)
        .where(
            agreement.project_id.in_(PROJECTS), agreement.state == SubscriptionState.ACTIVE,
            agreement.sign_by < TODAY, sees_deal(),
        )
        .order_by(agreement.sign_by, agreement.id)
    )  # fmt: skip


def second_entry() -> Select[tuple[object, ...]]:
    """Contracts that another person entered first."""
    return _drafts().where(Contract.entered_by_id != ME)


def entries_of_mine() -> Select[tuple[object, ...]]:
    """Contracts that the person entered: another one enters them again."""
    return _drafts().where(Contract.entered_by_id == ME)


def filings() -> Select[tuple[object, ...]]:
    """Contracts that are not filed yet, the first that is due on top: the project's days after signing."""
    contract = Contract
    return (
        select(*line(contract.project_id, contract.id, about=contract.number, kind=contract.state, due=contract.signed_on, days=Project.filing_days))
        .join(Project, Project.id == contract.project_id)
        .join(Deal, Deal.id == contract.deal_id)
        .join(Unit, Unit.id == Deal.unit_id)
        .where(contract.project_id.in_(PROJECTS), contract.state.in_((ContractState.VERIFIED, ContractState.SIGNED_ONLINE)))
        .order_by(contract.signed_on, contract.id)
    )  # fmt: skip


def attachments_missing() -> Select[tuple[object, ...]]:
    """Papers that the project requires before the next stage of a sale and that are not attached."""
    rule = AttachmentRequirement
    next_stages = or_(
        *(
            and_(
                Claim.kind == kind,
                rule.stage.in_([STAGE_OF_CLAIM[step] for step in steps if step in STAGE_OF_CLAIM]),
            )
            for kind, steps in CLAIM_STEPS.items()
            if kind is not ClaimKind.HOLD
        )
    )
    attached = (
        select(DealAttachment.id)
        .where(
            DealAttachment.deal_id == Deal.id,
            DealAttachment.kind == rule.kind,
            DealAttachment.removed_at.is_(None),
        )
        .exists()
    )
    return (
        select(*line(Claim.project_id, Claim.id, about=rule.stage, kind=rule.kind))
        .join(rule, and_(rule.project_id == Claim.project_id, next_stages))
        .join(Deal, Deal.id == Claim.deal_id)
        .join(Unit, Unit.id == Deal.unit_id)
        .where(
            Claim.project_id.in_(PROJECTS), Claim.closed_at.is_(None), ~Claim.is_accessory,
            or_(Claim.expires_at.is_(None), Claim.expires_at > NOW), ~attached,
        )
        .order_by(Deal.id, rule.kind)
    )  # fmt: skip


def papers_stale() -> Select[tuple[object, ...]]:
    """Binding papers of sales under way that were superseded and not issued again."""
    newer = aliased(Paper)
    in_force = (
        select(newer.id)
        .where(
            newer.subject_kind == Paper.subject_kind, newer.subject_id == Paper.subject_id, newer.kind == Paper.kind,
            newer.edition > Paper.edition,
        )
        .exists()
    )  # fmt: skip
    return (
        select(*line(Paper.project_id, Paper.id, about=Paper.number, kind=Paper.kind, due=Paper.superseded_at, part=Paper.superseded_reason))
        .join(Deal, Deal.id == Paper.deal_id)
        .join(Unit, Unit.id == Deal.unit_id)
        .where(
            Paper.project_id.in_(PROJECTS), Paper.superseded_at.is_not(None), Paper.kind.in_(BINDING_KINDS),
            Deal.state == DealState.OPEN, ~in_force,
        )
        .order_by(Paper.superseded_at, Paper.id)
    )  # fmt: skip


def tracks() -> Select[tuple[object, ...]]:
    """Service tracks that are due within a week or late."""
    track = ServiceTrack
    return (
        select(*line(track.project_id, track.id, kind=track.kind, due=track.due_on))
        .join(Deal, Deal.id == track.deal_id)
        .join(Unit, Unit.id == Deal.unit_id)
        .where(
            track.project_id.in_(PROJECTS), track.state.in_(_UNFINISHED), track.due_on <= IN_A_WEEK,
            Deal.state == DealState.OPEN,
        )
        .order_by(track.due_on, track.id)
    )  # fmt: skip


def notices() -> Select[tuple[object, ...]]:
    """Engineering notices that a buyer has not got yet, by the day on which the developer must have told them."""
    notice, delivery = EngineeringNotice, NoticeDelivery
    return (
        select(*line(notice.project_id, delivery.id, about=notice.number, due=notice.decided_on, days=notice.notify_days, part=notice.id))
        .join(notice, notice.id == delivery.notice_id)
        .join(Deal, Deal.id == delivery.deal_id)
        .join(Unit, Unit.id == Deal.unit_id)
        .where(notice.project_id.in_(PROJECTS), delivery.notified_on.is_(None), Deal.state == DealState.OPEN)
        .order_by(notice.decided_on, delivery.id)
    )  # fmt: skip


def changes_backdated() -> Select[tuple[object, ...]]:
    """Changes of the last days that count for a business day before the one on which they came into force."""
    return (
        select(*line(Change.project_id, Change.id, about=Change.number, kind=Change.kind, due=Change.attributed_on))
        .join(Deal, Deal.id == Change.deal_id)
        .join(Unit, Unit.id == Deal.unit_id)
        .where(
            Change.project_id.in_(PROJECTS), Change.state == ChangeState.APPLIED,
            or_(*(_applied_late(ago) for ago in range(BACKDATED_WITHIN))),
        )
        .order_by(Change.applied_at.desc(), Change.id)
    )  # fmt: skip


def _applied_late(ago: int) -> ColumnElement[bool]:
    start = bindparam(f"start_{ago}", type_=UtcDateTime)
    parts = [Change.applied_at >= start, Change.attributed_on < bindparam(f"day_{ago}", type_=Date)]
    if ago:
        parts.append(Change.applied_at < bindparam(f"start_{ago - 1}", type_=UtcDateTime))
    return and_(*parts)


def _drafts() -> Select[tuple[object, ...]]:
    return (
        select(*line(Contract.project_id, Contract.id, about=Contract.number, due=Contract.signed_on, amount=Contract.total_amount))
        .join(Deal, Deal.id == Contract.deal_id)
        .join(Unit, Unit.id == Deal.unit_id)
        .where(Contract.project_id.in_(PROJECTS), Contract.state == ContractState.DRAFT)
        .order_by(Contract.entered_at, Contract.id)
    )  # fmt: skip
