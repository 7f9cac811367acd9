"""How a single unit's release or keeping back is undone."""

import json

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from salesoffice.core.permissions import Actor, Permission
from salesoffice.inventory.services.releases import restore_release
from salesoffice.undo.models import UndoOffer
from salesoffice.undo.signals import takes_back


@takes_back("unit.withheld", label=_l("Kept back by management"), permission=Permission.BOARD_VIEW)
@takes_back("unit.released", label=_l("Released for sale"), permission=Permission.UNIT_RELEASE)
def undo_release_change(session: Session, offer: UndoOffer, actor: Actor) -> None:
    """Give a unit the release state back that it had before."""
    data = json.loads(offer.data)
    restore_release(session, offer.subject_id, actor=actor, before=data["before"], after=data["after"])
