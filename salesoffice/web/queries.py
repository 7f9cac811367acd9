"""Figures of the first page: the same number of queries for one project and for thirty."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from salesoffice.contracts.enums import ContractState
from salesoffice.contracts.models import Contract
from salesoffice.core import clock
from salesoffice.core.permissions import Actor, Permission
from salesoffice.customers.models import Visit
from salesoffice.dailylog.enums import DailyLogState
from salesoffice.dailylog.models import DailyLog
from salesoffice.dailylog.rules.days import missed_days
from salesoffice.deals.enums import ClaimKind
from salesoffice.deals.models import Claim, Deal
from salesoffice.infra.models import MailState, OutboxMail
from salesoffice.inventory.enums import AreaEdition, BatchState, ReleaseState
from salesoffice.inventory.models import Permit, ReleaseBatch, Unit, UnitArea
from salesoffice.inventory.queries import PUBLISH_WITHIN
from salesoffice.launch.enums import LaunchItemState
from salesoffice.launch.models import LaunchItem
from salesoffice.launch.rules import AUTOMATIC
from salesoffice.payments.enums import AccountState, ReceiptState, RefundState
from salesoffice.payments.models import Account, Instalment, Receipt, Refund
from salesoffice.pricing.enums import PriceVersionState
from salesoffice.pricing.models import PriceVersion
from salesoffice.reservations.enums import HoldState, SubscriptionState, WaitingState
from salesoffice.reservations.models import Hold, Subscription, WaitingEntry

HOLD_ENDS_SOON = timedelta(minutes=15)
"""A hold that runs out within this time is named on the first page."""


@dataclass(frozen=True)
class DayFigures:
    """What happened in a project today; holds, sales and visits only of the person who sees no others'."""

    units: int = 0
    holds: int = 0
    sold_today: int = 0
    visits_today: int = 0


@dataclass(frozen=True)
class Waiting:
    """What waits in a project; sales only of the person who sees no others'. `logs` are days that were not closed.

    `publish_days` are the days left for making public the permit that is due first, below 0 when it is overdue.
    `launch_items` are overdue and ticked by hand: what the data ticks is judged on the checklist itself. `prices` are
    versions that somebody else made and submitted.
    """

    holds: int = 0
    signing_late: int = 0
    money_late: int = 0
    receipts: int = 0
    refunds: int = 0
    contracts: int = 0
    mails: int = 0
    doubts: int = 0
    withheld_over: int = 0
    surveys: int = 0
    permits: int = 0
    publish_days: int = 0
    prices: int = 0
    offered: int = 0
    launch_items: int = 0
    logs: int = 0


def count_day(session: Session, actor: Actor, project_ids: Sequence[int]) -> dict[int, DayFigures]:
    """Count what happened today, per project."""
    today = clock.business_today()
    start, end = clock.day_bounds(today)
    own = _only_own(actor, project_ids)
    own_visits = [
        project_id for project_id in project_ids if not actor.can(Permission.CUSTOMER_VIEW_ALL, project_id)
    ]
    claims = _open_claims(actor, own)
    counts: dict[str, Select[*tuple[Any, ...]]] = {
        "units": select(Unit.project_id, func.count()).where(Unit.project_id.in_(project_ids)),
        "holds": claims.where(Claim.kind == ClaimKind.HOLD, Claim.expires_at > clock.now()),
        "sold_today": claims.where(
            Claim.kind != ClaimKind.HOLD, Claim.opened_at >= start, Claim.opened_at < end
        ),
        "visits_today": select(Visit.project_id, func.count()).where(
            Visit.happened_on == today, Visit.project_id.not_in(own_visits) | (Visit.rep_id == actor.id)
        ),
    }
    found = _count_all(session, counts)
    return {project_id: DayFigures(**_of(found, project_id)) for project_id in project_ids}


def count_waiting(session: Session, actor: Actor, project_ids: Sequence[int]) -> dict[int, Waiting]:
    """Count what waits for somebody, per project. Contracts are those that another person entered."""
    counts = _deal_counts(actor, project_ids) | _desk_counts(actor) | _launch_counts(actor, project_ids)
    found = _count_all(session, counts)
    last_closed, publish_days = _days_closed_last(session), _days_for_publishing(session)
    yesterday = clock.business_today() - timedelta(days=1)
    return {
        project_id: Waiting(
            **_of(found, project_id),
            logs=len(missed_days(last_closed.get(project_id), yesterday)),
            publish_days=publish_days.get(project_id, 0),
        )
        for project_id in project_ids
    }


def _deal_counts(actor: Actor, project_ids: Sequence[int]) -> dict[str, Select[*tuple[Any, ...]]]:
    today, now = clock.business_today(), clock.now()
    own = _only_own(actor, project_ids)
    return {
        "holds": _open_claims(actor, own).where(
            Claim.kind == ClaimKind.HOLD, Claim.expires_at > now, Claim.expires_at <= now + HOLD_ENDS_SOON
        ),
        "signing_late": select(Subscription.project_id, func.count())
        .join(Deal, Deal.id == Subscription.deal_id)
        .where(
            Subscription.state == SubscriptionState.ACTIVE,
            Subscription.sign_by < today,
            _sees_deal(actor, own),
        ),
        "money_late": select(Account.project_id, func.count(func.distinct(Account.id)))
        .join(Instalment, Instalment.account_id == Account.id)
        .join(Deal, Deal.account_id == Account.id)
        .where(
            Account.state == AccountState.OPEN,
            Instalment.voided_at.is_(None),
            Instalment.due_on < today,
            Instalment.paid_amount < Instalment.amount,
            _sees_deal(actor, own),
        ),
    }


def _desk_counts(actor: Actor) -> dict[str, Select[*tuple[Any, ...]]]:
    stuck = (MailState.REFUSED, MailState.UNCERTAIN)
    return {
        "receipts": select(Receipt.project_id, func.count()).where(Receipt.state == ReceiptState.RECORDED),
        "refunds": select(Refund.project_id, func.count()).where(Refund.state == RefundState.REQUESTED),
        "contracts": select(Contract.project_id, func.count()).where(
            Contract.state == ContractState.DRAFT, Contract.entered_by_id != actor.id
        ),
        "mails": select(OutboxMail.project_id, func.count()).where(OutboxMail.state.in_(stuck)),
        "doubts": select(Unit.project_id, func.count()).where(Unit.doubt != ""),
        "withheld_over": select(Unit.project_id, func.count()).where(
            Unit.release_state == ReleaseState.WITHHELD, Unit.withheld_until < clock.business_today()
        ),
        "surveys": select(Unit.project_id, func.count())
        .join(UnitArea, UnitArea.unit_id == Unit.id)
        .where(
            UnitArea.edition == AreaEdition.FINAL,
            UnitArea.superseded_at.is_(None),
            UnitArea.checked_at.is_(None),
            func.coalesce(UnitArea.entered_by_id, 0) != actor.id,
        ),
        "permits": select(Permit.project_id, func.count()).where(Permit.published_on.is_(None)),
    }


def _launch_counts(actor: Actor, project_ids: Sequence[int]) -> dict[str, Select[*tuple[Any, ...]]]:
    own = _only_own(actor, project_ids)
    return {
        "prices": select(PriceVersion.project_id, func.count()).where(
            PriceVersion.state == PriceVersionState.SUBMITTED,
            func.coalesce(PriceVersion.created_by_id, 0) != actor.id,
            func.coalesce(PriceVersion.submitted_by_id, 0) != actor.id,
        ),
        "offered": select(WaitingEntry.project_id, func.count())
        .join(Hold, Hold.id == WaitingEntry.hold_id)
        .where(
            WaitingEntry.state == WaitingState.OFFERED,
            Hold.state == HoldState.OPEN,
            Hold.expires_at > clock.now(),
            WaitingEntry.project_id.not_in(own) | (WaitingEntry.rep_id == actor.id),
        ),
        "launch_items": select(LaunchItem.project_id, func.count())
        .join(ReleaseBatch, ReleaseBatch.id == LaunchItem.batch_id)
        .where(
            ReleaseBatch.state == BatchState.PLANNED,
            LaunchItem.state == LaunchItemState.OPEN,
            LaunchItem.due_on < clock.business_today(),
            LaunchItem.kind.not_in(AUTOMATIC),
        ),
    }


def _days_for_publishing(session: Session) -> dict[int, int]:
    statement = (
        select(Permit.project_id, func.min(Permit.issued_on))
        .where(Permit.published_on.is_(None))
        .group_by(Permit.project_id)
    )
    today = clock.business_today()
    return {row[0]: (row[1] + PUBLISH_WITHIN - today).days for row in session.execute(statement)}


def _days_closed_last(session: Session) -> dict[int, date]:
    statement = (
        select(DailyLog.project_id, func.max(DailyLog.day))
        .where(DailyLog.state == DailyLogState.CLOSED)
        .group_by(DailyLog.project_id)
    )
    return {row[0]: row[1] for row in session.execute(statement)}


def _only_own(actor: Actor, project_ids: Sequence[int]) -> list[int]:
    """Return the projects in which a person sees their own sales only; who sees none at all sees them on the board."""
    return [
        project_id
        for project_id in project_ids
        if actor.can(Permission.DEAL_VIEW, project_id) and not actor.can(Permission.DEAL_VIEW_ALL, project_id)
    ]


def _sees_deal(actor: Actor, own: Sequence[int]) -> ColumnElement[bool]:
    return Deal.project_id.not_in(own) | (Deal.rep_id == actor.id)


def _open_claims(actor: Actor, own: Sequence[int]) -> Select[*tuple[Any, ...]]:
    return (
        select(Claim.project_id, func.count())
        .join(Deal, Deal.id == Claim.deal_id)
        .where(Claim.closed_at.is_(None), _sees_deal(actor, own))
    )


def _count_all(session: Session, counts: Mapping[str, Select[*tuple[Any, ...]]]) -> dict[str, dict[int, int]]:
    return {name: _run(session, statement) for name, statement in counts.items()}


def _of(found: Mapping[str, Mapping[int, int]], project_id: int) -> dict[str, int]:
    return {name: per_project.get(project_id, 0) for name, per_project in found.items()}


def _run(session: Session, statement: Select[*tuple[Any, ...]]) -> dict[int, int]:
    project_column = statement.selected_columns[0]
    return {row[0]: row[1] for row in session.execute(statement.group_by(project_column))}
