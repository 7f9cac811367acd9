"""What the sweep of changes does: sales that are not signed in time are forfeited."""

from datetime import date

from sqlalchemy.orm import Session

from salesoffice.changes.enums import ChangeKind
from salesoffice.changes.models import Change
from salesoffice.changes.services.forfeiture import build_automatic_entry, list_forfeitable
from salesoffice.changes.services.requesting import request_change
from salesoffice.core.permissions import SYSTEM
from salesoffice.deals.services import lock_unit
from salesoffice.reservations.queries import get_subscription


def forfeit_if_due(session: Session, subscription_id: int, today: date) -> Change | None:
    """Forfeit a sale whose deadline has passed; None when that is no longer the case under the lock of its unit."""
    subscription = get_subscription(session, subscription_id)
    lock_unit(session, subscription.unit_id)
    if subscription_id not in list_forfeitable(session, today):
        return None
    return request_change(
        session,
        subscription.deal,
        actor=SYSTEM,
        kind=ChangeKind.FORFEITURE,
        terms={},
        entry=build_automatic_entry(today),
    )
