"""What the scheduler wakes."""

from salesoffice.infra.db import transaction
from salesoffice.infra.jobs import sweep
from salesoffice.notices.queries import list_unanswered_ids
from salesoffice.notices.services import mark_silent


@sweep("notices.silence", seconds=3600)
def note_silence() -> int:
    """Note for every notice whose answer day has passed that silence counts as consent; return how many."""
    with transaction() as session:
        delivery_ids = list_unanswered_ids(session)
    noted = 0
    for delivery_id in delivery_ids:
        with transaction() as session:
            noted += mark_silent(session, delivery_id)
    return noted
