"""Figures of the first page: the same number of queries for one project and for thirty."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from salesoffice.core import clock
from salesoffice.core.permissions import Actor, Permission
from salesoffice.customers.models import Visit
from salesoffice.dailylog.enums import DailyLogState
from salesoffice.dailylog.models import DailyLog
from salesoffice.dailylog.rules.days import missed_days
from salesoffice.deals.enums import TIMED_KINDS, ClaimKind
from salesoffice.deals.models import Claim, Deal
from salesoffice.inventory.enums import BatchState
from salesoffice.inventory.models import ReleaseBatch, Unit
from salesoffice.launch.enums import LaunchItemState
from salesoffice.launch.models import LaunchItem
from salesoffice.launch.rules import AUTOMATIC


@dataclass(frozen=True)
class DayFigures:
    """What happened in a project today; holds, sales and visits only of the person who sees no others'."""

    units: int = 0
    holds: int = 0
    sold_today: int = 0
    visits_today: int = 0


@dataclass(frozen=True)
class Waiting:
    """What waits in a project beside the work list: days whose log was not closed, and launch items that are overdue and
    ticked by hand (what the data ticks is judged on the checklist itself).
    """

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
            Claim.kind.not_in(TIMED_KINDS), Claim.opened_at >= start, Claim.opened_at < end
        ),
        "visits_today": select(Visit.project_id, func.count()).where(
            Visit.happened_on == today, Visit.project_id.not_in(own_visits) | (Visit.rep_id == actor.id)
        ),
    }
    found = _count_all(session, counts)
    return {project_id: DayFigures(**_of(found, project_id)) for project_id in project_ids}


def count_waiting(session: Session, project_ids: Sequence[int]) -> dict[int, Waiting]:
    """Count what waits for somebody beside the work list, per project."""
    items = (
        select(LaunchItem.project_id, func.count())
        .join(ReleaseBatch, ReleaseBatch.id == LaunchItem.batch_id)
        .where(
            ReleaseBatch.state == BatchState.PLANNED,
            LaunchItem.state == LaunchItemState.OPEN,
            LaunchItem.due_on < clock.business_today(),
            LaunchItem.kind.not_in(AUTOMATIC),
        )
    )
    late, last_closed = _run(session, items), _days_closed_last(session)
    yesterday = clock.business_today() - timedelta(days=1)
    return {
        project_id: Waiting(late.get(project_id, 0), len(missed_days(last_closed.get(project_id), yesterday)))
        for project_id in project_ids
    }


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
