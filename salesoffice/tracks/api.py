"""JSON API of service tracks."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import lazy_gettext as _l

from salesoffice.core.errors import NotFound
from salesoffice.core.permissions import Permission
from salesoffice.deals.models import Deal
from salesoffice.deals.queries import get_deal, may_view_deal
from salesoffice.infra.db import db
from salesoffice.tracks.enums import TrackKind
from salesoffice.tracks.models import ServiceTrack
from salesoffice.tracks.queries import list_tracks
from salesoffice.tracks.schemas import TrackMoveBodySchema, TrackSchema, TracksSchema
from salesoffice.tracks.services import TrackMove, move_track
from salesoffice.webkit.access import authorise, current_actor, requires
from salesoffice.webkit.api import make_blueprint, writes

blp = make_blueprint("tracks", "What is done after signing")


@blp.route("/deals/<int:deal_id>/tracks")
@requires(Permission.DEAL_VIEW)
@blp.response(200, TracksSchema)
@blp.alt_response(404, description="not_found")
def get_tracks(deal_id: int) -> Mapping[str, Sequence[ServiceTrack]]:
    """List the tracks of a sale; empty before its contract is verified."""
    return {"items": list_tracks(db.session(), _load(deal_id).id)}


@blp.route("/deals/<int:deal_id>/tracks/<kind>", methods=["POST"])
@requires(Permission.TRACK_EDIT)
@blp.arguments(TrackMoveBodySchema)
@blp.response(200, TrackSchema)
@blp.alt_response(409, description="wrong_state, money_missing, area_unsettled, attachment_missing")
@writes(TrackSchema)
def post_track(move: TrackMove, deal_id: int, kind: str) -> Any:
    """Move a track on; `handover` done hands the unit over."""
    deal = _load(deal_id)
    if kind not in {one.value for one in TrackKind}:
        raise NotFound(_l("There is no such track."))
    return move_track(db.session(), deal, TrackKind(kind), actor=current_actor(), move=move)


def _load(deal_id: int) -> Deal:
    deal = get_deal(db.session(), deal_id)
    authorise(deal.project_id)
    if not may_view_deal(current_actor(), deal):
        raise NotFound(_l("There is no such deal."))
    return deal
