"""What papers do when a sale changes or is about to enter its next stage."""

from sqlalchemy.orm import Session

from salesoffice.changes.models import Change
from salesoffice.changes.signals import on_change_applied
from salesoffice.core.errors import DomainError
from salesoffice.core.permissions import Actor
from salesoffice.deals.enums import Stage
from salesoffice.deals.models import Deal
from salesoffice.deals.signals import judges_stages
from salesoffice.papers.documents import name_paper, tell_differences
from salesoffice.papers.enums import BLOCKING_KINDS
from salesoffice.papers.queries import find_stale
from salesoffice.papers.rules import PaperSuperseded
from salesoffice.papers.services import mark_stale


@judges_stages
def judge_papers(session: Session, deal: Deal, stage: Stage) -> DomainError | None:
    """Refuse with PaperSuperseded a stage before which a binding paper must be issued again. No paper, no objection."""
    for standing in find_stale(session, deal):
        if standing.paper.kind in BLOCKING_KINDS[stage]:
            words = tell_differences(standing)
            return PaperSuperseded(name_paper(standing.paper), words, number=standing.paper.number)
    return None


@on_change_applied
def mark_papers(session: Session, change: Change, actor: Actor) -> None:
    """Mark the papers of a sale that say something else since a change."""
    mark_stale(session, session.get_one(Deal, change.deal_id), actor=actor, reason=change.number)
