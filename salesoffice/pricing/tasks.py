"""What the scheduler wakes."""

from salesoffice.infra.db import db, transaction
from salesoffice.infra.jobs import sweep
from salesoffice.pricing.enums import PriceVersionState
from salesoffice.pricing.models import PriceVersion
from salesoffice.pricing.services import list_due, put_rest_in_force


@sweep("prices.activate", seconds=60)
def activate_due() -> int:
    """Put every approved version whose moment has come into force, each in its own transaction; return how many."""
    activated = 0
    for version_id in list_due(db.session()):
        with transaction() as session:
            version = session.get_one(PriceVersion, version_id, populate_existing=True)
            if version.state is PriceVersionState.APPROVED:
                put_rest_in_force(session, version)
                activated += 1
    return activated
