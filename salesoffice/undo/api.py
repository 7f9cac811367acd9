"""JSON API of undo."""

from typing import Any

from salesoffice.infra.db import db
from salesoffice.undo.models import UndoOffer
from salesoffice.undo.queries import get_offer, name_of, select_open_offers
from salesoffice.undo.schemas import UndoBodySchema, UndoListSchema, UndoOfferSchema, UndoQuerySchema
from salesoffice.undo.services import take_back
from salesoffice.webkit.access import authorise, current_actor, signed_in
from salesoffice.webkit.api import make_blueprint, writes
from salesoffice.webkit.pager import paginate_by_id

blp = make_blueprint("undo", "Taking back cheap actions")


@blp.route("/undo")
@signed_in
@blp.arguments(UndoQuerySchema, location="query")
@blp.response(200, UndoListSchema)
def list_offers(query: dict[str, Any]) -> dict[str, Any]:
    """List what the caller did within the last ten minutes and can still undo."""
    statement = select_open_offers(current_actor().id)
    page = paginate_by_id(statement, UndoOffer.id, cursor=query["cursor"], limit=query["limit"])
    return {"items": [_present(offer) for offer in page.items], "next_cursor": page.next_cursor}


@blp.route("/undo/<int:offer_id>", methods=["POST"])
@signed_in
@blp.arguments(UndoBodySchema)
@blp.response(200, UndoOfferSchema)
@blp.alt_response(403, description="not_allowed (another person's)")
@blp.alt_response(409, description="undo_too_late, undo_taken, undo_changed (reason says why)")
@writes(UndoOfferSchema)
def post_undo(_body: dict[str, Any], offer_id: int) -> dict[str, Any]:
    """Undo an action: within ten minutes, once, by the same person, while nothing has changed since."""
    offer = get_offer(db.session(), offer_id)
    authorise(offer.project_id)
    return _present(take_back(db.session(), offer, actor=current_actor()))


def _present(offer: UndoOffer) -> dict[str, Any]:
    return {
        "id": offer.id,
        "project_id": offer.project_id,
        "action": offer.action,
        "subject_kind": offer.subject_kind,
        "subject_id": offer.subject_id,
        "name": name_of(offer),
        "done_at": offer.done_at,
        "expires_at": offer.expires_at,
        "undone_at": offer.undone_at,
    }
