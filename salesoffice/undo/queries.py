"""Finding what a person may still take back."""

import json
from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from salesoffice.core import clock
from salesoffice.core.errors import NotFound
from salesoffice.undo.models import UndoOffer

_LARGEST_ID = 2**31 - 1


def get_offer(session: Session, offer_id: int) -> UndoOffer:
    """Return an offer by id; raises NotFound."""
    offer = session.get(UndoOffer, offer_id) if offer_id <= _LARGEST_ID else None
    if offer is None:
        raise NotFound(_l("There is nothing to undo here."))
    return offer


def select_open_offers(actor_id: int | None) -> Select[UndoOffer]:
    """Build the select of what a person may take back now, the latest first."""
    return (
        select(UndoOffer)
        .where(
            UndoOffer.actor_id == actor_id,
            UndoOffer.expires_at >= clock.now(),
            UndoOffer.undone_at.is_(None),
        )
        .order_by(UndoOffer.id.desc())
    )


def list_recent_offers(session: Session, project_id: int, actor_id: int | None) -> Sequence[UndoOffer]:
    """List what a person did in a project within the last ten minutes, also what is undone, the latest first."""
    statement = (
        select(UndoOffer)
        .where(
            UndoOffer.project_id == project_id,
            UndoOffer.actor_id == actor_id,
            UndoOffer.expires_at >= clock.now(),
        )
        .order_by(UndoOffer.id.desc())
    )
    return session.scalars(statement).all()


def name_of(offer: UndoOffer) -> str:
    """Return what people call the thing that the action was about; empty where nobody said."""
    return str(json.loads(offer.data).get("name", ""))
