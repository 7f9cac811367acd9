"""Issued papers without drawing them: the file stands for the PDF."""

from sqlalchemy.orm import Session

from salesoffice.papers.enums import PaperKind
from salesoffice.papers.models import Paper
from salesoffice.papers.queries import Subject, build_data
from salesoffice.papers.services import issue_paper
from tests.factories import Office


def make_paper(
    session: Session,
    office: Office,
    subject: Subject,
    *,
    kind: PaperKind = PaperKind.SUBSCRIPTION,
    clauses: str = "",
) -> Paper:
    """Issue a paper as the assistant."""
    actor = office.actor(office.assistant)
    data = build_data(session, kind, subject, actor=actor, clauses=clauses)
    return issue_paper(session, data, actor=actor, file=f"%PDF-1.7 {kind} {data.edition}".encode())
