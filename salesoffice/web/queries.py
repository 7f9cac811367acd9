"""Figures of the first page: the same number of queries for one project and for thirty."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from salesoffice.contracts.enums import ContractState
from salesoffice.contracts.models import Contract
from salesoffice.core import clock
from salesoffice.core.permissions import Actor, Permission
from salesoffice.customers.models import Visit
from salesoffice.deals.enums import ClaimKind
from salesoffice.deals.models import Claim, Deal
from salesoffice.inventory.models import Unit
from salesoffice.payments.enums import ReceiptState
from salesoffice.payments.models import Receipt


@dataclass(frozen=True)
class DayFigures:
    """What waits and what happened in a project; holds, sales and visits only of the person who sees no others'."""

    units: int = 0
    holds: int = 0
    sold_today: int = 0
    visits_today: int = 0
    receipts_waiting: int = 0
    contracts_waiting: int = 0


def count_day(session: Session, actor: Actor, project_ids: Sequence[int]) -> dict[int, DayFigures]:
    """Count what the first page shows, per project."""
    today = clock.business_today()
    start, end = clock.day_bounds(today)
    own = [project_id for project_id in project_ids if not actor.can(Permission.DEAL_VIEW_ALL, project_id)]
    open_claims = (
        select(Claim.project_id, func.count())
        .join(Deal, Deal.id == Claim.deal_id)
        .where(Claim.closed_at.is_(None), Claim.project_id.not_in(own) | (Deal.rep_id == actor.id))
    )
    holds = open_claims.where(Claim.kind == ClaimKind.HOLD, Claim.expires_at > clock.now())
    sold = open_claims.where(Claim.kind != ClaimKind.HOLD, Claim.opened_at >= start, Claim.opened_at < end)
    visits = select(Visit.project_id, func.count()).where(
        Visit.happened_on == today, Visit.project_id.not_in(own) | (Visit.rep_id == actor.id)
    )
    counts = {
        "units": select(Unit.project_id, func.count()).where(Unit.project_id.in_(project_ids)),
        "holds": holds,
        "sold_today": sold,
        "visits_today": visits,
        "receipts_waiting": select(Receipt.project_id, func.count()).where(
            Receipt.state == ReceiptState.RECORDED
        ),
        "contracts_waiting": select(Contract.project_id, func.count()).where(
            Contract.state == ContractState.DRAFT
        ),
    }
    found = {name: _run(session, statement) for name, statement in counts.items()}
    return {
        project_id: DayFigures(
            **{name: per_project.get(project_id, 0) for name, per_project in found.items()}
        )
        for project_id in project_ids
    }


def _run(session: Session, statement: Select[int, int]) -> dict[int, int]:
    project_column = statement.selected_columns[0]
    return {row[0]: row[1] for row in session.execute(statement.group_by(project_column))}
