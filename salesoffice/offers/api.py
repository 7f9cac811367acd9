"""JSON API of offers."""

from typing import Any

from flask_babel import lazy_gettext as _l

from salesoffice.core.errors import NotFound
from salesoffice.core.permissions import Permission
from salesoffice.infra.db import db
from salesoffice.inventory.queries import get_unit
from salesoffice.offers.models import Offer
from salesoffice.offers.queries import get_offer, may_view_offer, select_offers
from salesoffice.offers.rules import load_figures
from salesoffice.offers.schemas import OfferBodySchema, OfferListSchema, OfferQuerySchema, OfferSchema
from salesoffice.offers.services import make_offer
from salesoffice.projects.queries import find_project
from salesoffice.webkit.access import authorise, current_actor, requires
from salesoffice.webkit.api import make_blueprint, writes
from salesoffice.webkit.pager import paginate_by_id

blp = make_blueprint("offers", "Offers (置业计划书)")


@blp.route("/offers", methods=["POST"])
@requires(Permission.OFFER_MAKE)
@blp.arguments(OfferBodySchema)
@blp.response(201, OfferSchema)
@blp.alt_response(
    409,
    description="unit_taken, unit_not_released, permit_missing, price_not_approved, discount_not_allowed,"
    " above_filed_price, below_floor_price",
)
@writes(OfferSchema, 201)
def post_offer(body: dict[str, Any]) -> dict[str, Any]:
    """Make an offer for a free unit, or for one the caller holds."""
    session = db.session()
    unit = get_unit(session, body["unit_id"])
    authorise(unit.project_id)
    return _present(make_offer(session, unit, actor=current_actor(), terms=body["terms"]))


@blp.route("/offers")
@requires(Permission.OFFER_MAKE)
@blp.arguments(OfferQuerySchema, location="query")
@blp.response(200, OfferListSchema)
def list_offers(query: dict[str, Any]) -> dict[str, Any]:
    """List the offers that the caller may see, by number, unit or customer."""
    project_id = _find_project_id(query["project"]) if query["project"] else None
    statement = select_offers(project_id, current_actor(), query=query["q"])
    page = paginate_by_id(statement, Offer.id, cursor=query["cursor"], limit=query["limit"])
    return {"items": [_present(offer) for offer in page.items], "next_cursor": page.next_cursor}


@blp.route("/offers/<int:offer_id>")
@requires(Permission.OFFER_MAKE)
@blp.response(200, OfferSchema)
@blp.alt_response(404, description="not_found: no such offer, or none for the caller")
def show_offer(offer_id: int) -> dict[str, Any]:
    """Return an offer with the figures it was made with."""
    offer = get_offer(db.session(), offer_id)
    authorise(offer.project_id)
    if not may_view_offer(current_actor(), offer):
        raise NotFound(_l("There is no such offer."))
    return _present(offer)


def _find_project_id(code: str) -> int:
    project = find_project(db.session(), code)
    if project is None or not current_actor().is_member(project.id):
        raise NotFound(_l("There is no project %(code)s.", code=code))
    authorise(project.id)
    return project.id


def _present(offer: Offer) -> dict[str, Any]:
    return {"offer": offer, "figures": load_figures(offer.figures)}
