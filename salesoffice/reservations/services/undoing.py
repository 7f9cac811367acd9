"""Offering to take back what was done to a hold or a place on the waiting list."""

from datetime import datetime

from sqlalchemy.orm import Session

from salesoffice.core.permissions import Actor
from salesoffice.inventory.models import Unit
from salesoffice.reservations.models import Hold, WaitingEntry
from salesoffice.undo.services import offer


def offer_hold_undo(
    session: Session, hold: Hold, action: str, actor: Actor, *, before: datetime | None = None
) -> None:
    """Offer to take back what was just done to a hold; `before` is when it ended before an extension."""
    data = {"name": hold.unit.code, "expires_at": hold.expires_at.isoformat()}
    if before is not None:
        data["before"] = before.isoformat()
    offer(
        session,
        project_id=hold.project_id,
        actor=actor,
        action=action,
        subject_kind=Hold.__tablename__,
        subject_id=hold.id,
        data=data,
    )


def offer_place_undo(session: Session, entry: WaitingEntry, action: str, actor: Actor) -> None:
    """Offer to take back joining or leaving a waiting list."""
    unit = session.get_one(Unit, entry.unit_id)
    offer(
        session,
        project_id=entry.project_id,
        actor=actor,
        action=action,
        subject_kind=WaitingEntry.__tablename__,
        subject_id=entry.id,
        data={"name": unit.code},
    )
