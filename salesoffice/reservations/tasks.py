"""What the scheduler wakes."""

from salesoffice.infra.db import transaction
from salesoffice.infra.jobs import sweep
from salesoffice.reservations.services import expire_holds


@sweep("holds", seconds=15)
def expire_all() -> int:
    """Close every expired hold, a few hundred per transaction; return how many."""
    closed = 0
    while True:
        with transaction() as session:
            count = expire_holds(session)
        closed += count
        if count == 0:
            return closed
