"""What must never be the case about papers."""

from collections.abc import Iterator

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from salesoffice.papers.enums import LETTER_KINDS
from salesoffice.papers.models import Paper
from salesoffice.papers.rules import digest_of


def find_breaches(session: Session) -> Iterator[str]:
    """Yield in words every paper whose data does not match its hash, gaps in editions, and two in force at once."""
    statement = select(Paper.id, Paper.number, Paper.data, Paper.data_hash).order_by(Paper.id)
    for paper_id, number, data, stored in session.execute(statement.execution_options(yield_per=500)):
        if digest_of(data) != stored:
            yield f"paper {paper_id} ({number}): its data does not match its SHA-256"
    yield from _find_gaps(session)
    yield from _find_doubled(session)


def _find_gaps(session: Session) -> Iterator[str]:
    line = (Paper.subject_kind, Paper.subject_id, Paper.kind)
    statement = (
        select(*line, func.count(), func.max(Paper.edition))
        .group_by(*line)
        .having(func.count() != func.max(Paper.edition))
        .order_by(*line)
    )
    for table, subject_id, kind, count, last in session.execute(statement):
        yield f"{kind.value} of {table} {subject_id}: {count} papers, but the last edition is {last}"


def _find_doubled(session: Session) -> Iterator[str]:
    line = (Paper.subject_kind, Paper.subject_id, Paper.kind)
    statement = (
        select(*line, func.count())
        .where(Paper.superseded_at.is_(None), Paper.kind.not_in(LETTER_KINDS))
        .group_by(*line)
        .having(func.count() > 1)
        .order_by(*line)
    )
    for table, subject_id, kind, count in session.execute(statement):
        yield f"{kind.value} of {table} {subject_id}: {count} editions in force"
