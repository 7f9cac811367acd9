"""Keeping a unit back from the board."""

from datetime import date

from sqlalchemy.orm import Session

from salesoffice.core.permissions import Actor
from salesoffice.deals.services import lock_unit
from salesoffice.inventory.models import Unit
from salesoffice.inventory.services import withhold_unit
from salesoffice.reservations.services import expire_hold_of


def keep_back_unit(
    session: Session,
    unit: Unit,
    *,
    actor: Actor,
    reason: str,
    until: date | None = None,
    approved_by_id: int | None = None,
) -> Unit:
    """Withhold a unit; a hold on it whose time has passed is closed first, so that no claim stays behind.

    Refused as by `inventory.services.withhold_unit`: no reason or approver (InvalidInput), a claimed unit (`unit_taken`).
    """
    unit = lock_unit(session, unit.id)
    expire_hold_of(session, unit)
    return withhold_unit(
        session, unit, actor=actor, reason=reason, until=until, approved_by_id=approved_by_id
    )
