"""What the scheduler wakes."""

from salesoffice.changes.services import forfeit_if_due
from salesoffice.changes.services.forfeiture import list_forfeitable
from salesoffice.core import clock
from salesoffice.core.errors import DomainError
from salesoffice.infra.db import transaction
from salesoffice.infra.jobs import sweep
from salesoffice.infra.logging import log


@sweep("changes.forfeit", seconds=600)
def forfeit_all() -> int:
    """Forfeit every sale that was not signed so many days after its last day as its project says; return how many."""
    today = clock.business_today()
    with transaction() as session:
        due = list_forfeitable(session, today)
    forfeited = 0
    for subscription_id in due:
        try:
            with transaction() as session:
                forfeited += forfeit_if_due(session, subscription_id, today) is not None
        except DomainError as refusal:
            log.warning("changes.not_forfeited", subscription_id=subscription_id, code=refusal.code)
    return forfeited
