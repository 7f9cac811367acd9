"""What the scheduler wakes."""

from salesoffice.infra.db import transaction
from salesoffice.infra.jobs import sweep
from salesoffice.papers.queries import select_unmarked_ids
from salesoffice.papers.services import mark_unmarked


@sweep("papers.outdated", seconds=600)
def mark_outdated() -> int:
    """Mark papers whose data changed without a change of the sale (a corrected name, say); return how many."""
    with transaction() as session:
        paper_ids = list(session.scalars(select_unmarked_ids()))
    return sum(_mark(paper_id) for paper_id in paper_ids)


def _mark(paper_id: int) -> bool:
    with transaction() as session:
        return mark_unmarked(session, paper_id)
