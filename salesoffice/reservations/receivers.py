"""What reservations tell features further right: the price that a hold keeps (offers), how holds are undone (undo)."""

import json
from collections.abc import Collection, Mapping
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from salesoffice.core.permissions import Actor, Permission
from salesoffice.deals.enums import ClaimKind
from salesoffice.deals.models import Claim, Deal
from salesoffice.offers.signals import KeptPrice, tells_kept_prices
from salesoffice.reservations.models import Hold, Keeping, ProvisionalOrder, Subscription
from salesoffice.reservations.queries import get_entry
from salesoffice.reservations.services import leave_waiting_list
from salesoffice.reservations.services.restoring import give_back, hold_again, shorten_hold
from salesoffice.reservations.services.waiting import wait_again
from salesoffice.stationery.signals import DocumentFacts, names_documents
from salesoffice.undo.models import UndoOffer
from salesoffice.undo.signals import takes_back


@tells_kept_prices
def tell_kept_price(session: Session, claim: Claim) -> KeptPrice | None:
    """Find the price the customer was shown when the unit was held or ordered provisionally."""
    kept: Keeping | None = None
    if claim.kind is ClaimKind.HOLD:
        kept = session.get(Hold, claim.document_id)
    elif claim.kind is ClaimKind.PROVISIONAL:
        kept = session.get(ProvisionalOrder, claim.document_id)
    return None if kept is None else KeptPrice(kept.unit_price_id, kept.list_total_amount)


@names_documents(Subscription.__tablename__)
def name_subscriptions(session: Session, ids: Collection[int]) -> Mapping[int, DocumentFacts]:
    """Name subscription agreements by id, with the numbers of their deals."""
    statement = (
        select(Subscription.id, Subscription.number, Deal.number)
        .join(Deal, Deal.id == Subscription.deal_id)
        .where(Subscription.id.in_(ids))
    )
    return {
        subscription_id: DocumentFacts(_l("Subscription agreement"), number, deal)
        for subscription_id, number, deal in session.execute(statement)
    }


@takes_back("hold.placed", label=_l("Held"), permission=Permission.HOLD_PLACE)
def undo_placing(session: Session, offer: UndoOffer, actor: Actor) -> None:
    """Release a hold that was just placed."""
    data = json.loads(offer.data)
    give_back(session, offer.subject_id, expires_at=datetime.fromisoformat(data["expires_at"]), actor=actor)


@takes_back("hold.released", label=_l("Hold released"), permission=Permission.HOLD_PLACE)
def undo_release(session: Session, offer: UndoOffer, actor: Actor) -> None:
    """Hold a unit again that was just released."""
    hold_again(session, offer.subject_id, actor=actor)


@takes_back("hold.extended", label=_l("Hold extended"), permission=Permission.HOLD_PLACE)
def undo_extension(session: Session, offer: UndoOffer, actor: Actor) -> None:
    """Let an extended hold end when it would have ended before."""
    data = json.loads(offer.data)
    expires_at, before = (datetime.fromisoformat(data[name]) for name in ("expires_at", "before"))
    shorten_hold(session, offer.subject_id, expires_at=expires_at, before=before, actor=actor)


@takes_back(
    "waiting.joined", label=_l("A customer joined the waiting list"), permission=Permission.WAITING_JOIN
)
def undo_joining(session: Session, offer: UndoOffer, actor: Actor) -> None:
    """Take a customer off the list who has just joined."""
    leave_waiting_list(session, get_entry(session, offer.subject_id), actor=actor)


@takes_back(
    "waiting.withdrawn", label=_l("A customer left the waiting list"), permission=Permission.WAITING_JOIN
)
def undo_leaving(session: Session, offer: UndoOffer, actor: Actor) -> None:
    """Give a customer who has just left the list their place back."""
    wait_again(session, get_entry(session, offer.subject_id), actor=actor)
