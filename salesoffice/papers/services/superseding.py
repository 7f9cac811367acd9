"""Marking papers that no longer say what was agreed."""

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from salesoffice.core import clock
from salesoffice.core.permissions import SYSTEM, Actor
from salesoffice.deals.models import Deal
from salesoffice.infra import audit
from salesoffice.infra.i18n import speak
from salesoffice.papers.enums import BINDING_KINDS
from salesoffice.papers.models import Paper
from salesoffice.papers.queries import (
    PAPER_LANGUAGE,
    find_current_subject,
    get_paper,
    judge_one,
    list_differences,
)

_SAYS_OTHERWISE = _l("What it says has changed")


def supersede_paper(session: Session, paper: Paper, *, actor: Actor, reason: str) -> Paper:
    """Mark a paper as superseded with the number of the change or edition that did it; an older mark stays."""
    if paper.superseded_at is not None:
        return paper
    paper.superseded_at, paper.superseded_reason = clock.now(), reason
    session.flush()
    audit.record(
        session,
        action="paper.superseded",
        actor=actor,
        project_id=paper.project_id,
        subject=paper,
        before={"superseded": False},
        after={"kind": paper.kind.value, "number": paper.number, "reason": reason},
    )
    return paper


def mark_stale(session: Session, deal: Deal, *, actor: Actor, reason: str) -> list[Paper]:
    """Mark every binding paper in force of a sale that says something else now, or whose agreement has ended.

    Called in the transaction of the change, under its locks; `reason` is the change's number. Returns what was marked.
    """
    session.flush()
    statement = select(Paper).where(
        Paper.deal_id == deal.id, Paper.kind.in_(BINDING_KINDS), Paper.superseded_at.is_(None)
    )
    marked = [
        paper for paper in session.scalars(statement.order_by(Paper.id)) if _says_otherwise(session, paper)
    ]
    for paper in marked:
        supersede_paper(session, paper, actor=actor, reason=reason)
    return marked


def mark_unmarked(session: Session, paper_id: int) -> bool:
    """Mark one paper in force that no change marked but that says something else now; tell whether it was marked."""
    paper = get_paper(session, paper_id)
    standing = judge_one(session, paper)
    if paper.superseded_at is not None or not standing.differences:
        return False
    with speak(PAPER_LANGUAGE):
        supersede_paper(session, paper, actor=SYSTEM, reason=str(_SAYS_OTHERWISE))
    return True


def _says_otherwise(session: Session, paper: Paper) -> bool:
    subject = find_current_subject(session, paper)
    return subject is None or bool(list_differences(session, paper, subject))
