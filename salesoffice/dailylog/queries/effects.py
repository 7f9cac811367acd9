"""How the prices of sales were changed after they were signed."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from salesoffice.changes.enums import ChangeKind, ChangeState
from salesoffice.changes.models import Change


@dataclass(frozen=True)
class PriceEffect:
    """By how much the price of a sale moved (fen): for a business day, in force since a moment."""

    day: date
    at: datetime
    amount: int


def list_price_effects(session: Session, project_id: int) -> Mapping[int, list[PriceEffect]]:
    """List how the prices of sales were changed, by deal, in order."""
    statement = (
        select(Change.deal_id, Change.attributed_on, Change.applied_at, Change.amount_effect)
        .where(
            Change.project_id == project_id,
            Change.kind == ChangeKind.PRICE,
            Change.state == ChangeState.APPLIED,
        )
        .order_by(Change.applied_at)
    )
    found: dict[int, list[PriceEffect]] = defaultdict(list)
    for deal_id, day, at, amount in session.execute(statement):
        if at is not None:
            found[deal_id].append(PriceEffect(day, at, amount))
    return found
