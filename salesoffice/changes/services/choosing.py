"""Which changes of a sale are possible now, and why not."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from salesoffice.changes.enums import ChangeKind, ChangeState
from salesoffice.changes.models import Change
from salesoffice.changes.rules import ChangeWaiting, check_change_possible
from salesoffice.changes.services.registry import HANDLERS
from salesoffice.core.errors import DomainError, Text
from salesoffice.deals.models import Deal
from salesoffice.deals.queries import find_claim_of_deal


@dataclass(frozen=True)
class Choice:
    """A kind of change; `refusal` says why it is not possible now, None when it is."""

    kind: ChangeKind
    refusal: Text | None


def list_choices(session: Session, deal: Deal) -> list[Choice]:
    """List every kind of change by frequency, judged by the stage of the sale and by what waits; locks nothing."""
    claim = find_claim_of_deal(session, deal.id)
    if claim is None:
        return []
    statement = select(Change.kind, Change.number).where(
        Change.deal_id == deal.id, Change.state == ChangeState.REQUESTED
    )
    waiting = {row[0]: row[1] for row in session.execute(statement)}
    is_open = claim.closed_at is None
    stage = claim.kind.label if is_open or claim.end_kind is None else claim.end_kind.label
    found = []
    for kind in (kind for kind in ChangeKind if kind in HANDLERS):
        refusal: Text | None = None
        try:
            check_change_possible(kind, claim.kind if is_open else None, claim.end_kind, stage)
        except DomainError as error:
            refusal = error.message
        if kind in waiting:
            refusal = ChangeWaiting(waiting[kind]).message
        found.append(Choice(kind, refusal))
    return found
