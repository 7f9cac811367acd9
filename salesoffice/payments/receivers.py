"""How a receipt that was just recorded is undone: it is refused, and its number stays used."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from salesoffice.core.permissions import Actor, Permission
from salesoffice.payments.queries import get_receipt
from salesoffice.payments.services import refuse_receipt
from salesoffice.undo.models import UndoOffer
from salesoffice.undo.signals import takes_back


@takes_back("receipt.recorded", label=_l("Receipt recorded"), permission=Permission.RECEIPT_RECORD)
def undo_recording(session: Session, offer: UndoOffer, actor: Actor) -> None:
    """Refuse a receipt that finance has not confirmed yet, in the name of who recorded it."""
    reason = _("Taken back by who recorded it")
    refuse_receipt(session, get_receipt(session, offer.subject_id), actor=actor, reason=reason)
