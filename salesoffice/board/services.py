"""Keeping a unit back, which needs a look at its claim."""

from datetime import date

from sqlalchemy.orm import Session

from salesoffice.core.permissions import Actor
from salesoffice.deals.queries import find_open_claim
from salesoffice.deals.services import build_unit_taken, lock_unit
from salesoffice.inventory.models import Unit
from salesoffice.inventory.services import withhold_unit
from salesoffice.reservations.services.holds import expire_hold_of


def keep_back_unit(
    session: Session, unit: Unit, *, actor: Actor, reason: str, until: date | None = None
) -> Unit:
    """Withhold a unit that nobody has a claim on; a hold whose time has passed is closed first.

    Refuses with UnitTaken while a claim is open, with InvalidInput an empty reason or a past day.
    """
    unit = lock_unit(session, unit.id)
    expire_hold_of(session, unit)
    claim = find_open_claim(session, unit.id, include_expired=True)
    if claim is not None:
        raise build_unit_taken(session, claim, actor=actor)
    return withhold_unit(session, unit, actor=actor, reason=reason, until=until)
