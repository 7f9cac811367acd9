"""What the scheduler wakes."""

from salesoffice.approvals.services import chase_overdue
from salesoffice.infra.db import transaction
from salesoffice.infra.jobs import sweep


@sweep("approvals.chase", seconds=900)
def chase_all() -> int:
    """Remind everybody who may decide an overdue request, at most once per business day; return how many requests."""
    chased = 0
    while True:
        with transaction() as session:
            count = chase_overdue(session)
        chased += count
        if count == 0:
            return chased
