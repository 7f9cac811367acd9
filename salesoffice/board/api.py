"""JSON API of units and of the board."""

from functools import partial
from typing import Any

from flask import Response, request

from salesoffice.board.documents.board import answer_poll, build_poll_response
from salesoffice.board.documents.story import Event, tell_story
from salesoffice.board.queries.alternatives import AlternativeUnit, list_alternatives
from salesoffice.board.queries.deal_file import build_deal_file
from salesoffice.board.queries.facts import UnitFacts, may_see_details
from salesoffice.board.queries.units import UnitSearch, get_unit_facts, list_history, list_units
from salesoffice.board.schemas import (
    AlternativesSchema,
    BoardQuerySchema,
    BoardSchema,
    DealSchema,
    HistorySchema,
    UnitPageSchema,
    UnitQuerySchema,
    UnitSchema,
    WithholdSchema,
)
from salesoffice.board.services import keep_back_unit
from salesoffice.changes.queries import list_changes_of_deal
from salesoffice.core import clock
from salesoffice.core.permissions import Permission
from salesoffice.deals.queries import get_deal
from salesoffice.infra.db import db
from salesoffice.inventory.queries import get_unit
from salesoffice.inventory.services import release_unit
from salesoffice.projects.queries import current_project
from salesoffice.webkit.access import authorise, current_actor, current_project_id, requires
from salesoffice.webkit.api import make_blueprint, writes
from salesoffice.webkit.pager import decode_cursor, encode_cursor

blp = make_blueprint("board", "board")


@blp.route("/projects/<code>/units")
@requires(Permission.BOARD_VIEW)
@blp.arguments(UnitQuerySchema, location="query")
@blp.response(200, UnitPageSchema)
def find_units(arguments: dict[str, Any], **_address: str) -> dict[str, object]:
    """List a project's units with price, state and claim."""
    limit: int = arguments["limit"]
    found = list_units(
        db.session(),
        current_project(),
        UnitSearch(arguments["state"], arguments["building"], arguments["q"].strip()),
        actor=current_actor(),
        now=clock.now(),
        after=decode_cursor(arguments["cursor"]) or 0,
        limit=limit + 1,
    )
    items = found[:limit]
    return {"items": items, "next_cursor": encode_cursor(items[-1].id) if len(found) > limit else None}


@blp.route("/units/<int:unit_id>")
@requires(Permission.BOARD_VIEW)
@blp.response(200, UnitSchema)
@blp.alt_response(404, description="not_found")
def show_unit(unit_id: int) -> UnitFacts:
    """Return one unit."""
    return _facts(unit_id)


@blp.route("/units/<int:unit_id>/history")
@requires(Permission.BOARD_VIEW)
@blp.response(200, HistorySchema)
@blp.alt_response(404, description="not_found")
def show_history(unit_id: int) -> dict[str, object]:
    """Tell what happened to a unit, the newest first."""
    unit = get_unit(db.session(), unit_id)
    authorise(unit.project_id)
    events: list[Event] = tell_story(
        list_history(db.session(), unit), sees_details=partial(may_see_details, current_actor())
    )
    return {"items": events, "next_cursor": None}


@blp.route("/units/<int:unit_id>/alternatives")
@requires(Permission.BOARD_VIEW)
@blp.response(200, AlternativesSchema)
@blp.alt_response(404, description="not_found")
def show_alternatives(unit_id: int) -> dict[str, object]:
    """List the five free units nearest to a unit, the nearest first."""
    items: list[AlternativeUnit] = list_alternatives(db.session(), _facts(unit_id), now=clock.now())
    return {"items": items, "next_cursor": None}


@blp.route("/units/<int:unit_id>/withhold", methods=["POST"])
@requires(Permission.UNIT_WITHHOLD)
@blp.arguments(WithholdSchema)
@blp.response(200, UnitSchema)
@blp.alt_response(409, description="unit_taken, wrong_state")
@writes(UnitSchema)
def withhold(body: dict[str, Any], unit_id: int) -> UnitFacts:
    """Keep a unit back from sale."""
    unit = get_unit(db.session(), unit_id)
    authorise(unit.project_id)
    keep_back_unit(
        db.session(),
        unit,
        actor=current_actor(),
        reason=body["reason"],
        until=body["until"],
        approved_by_id=body["approved_by_id"],
    )
    return _facts(unit_id)


@blp.route("/units/<int:unit_id>/release", methods=["POST"])
@requires(Permission.UNIT_RELEASE)
@blp.response(200, UnitSchema)
@blp.alt_response(409, description="wrong_state")
@writes(UnitSchema)
def release(unit_id: int) -> UnitFacts:
    """Put a unit on sale."""
    unit = get_unit(db.session(), unit_id)
    authorise(unit.project_id)
    release_unit(db.session(), unit, actor=current_actor())
    return _facts(unit_id)


@blp.route("/deals/<int:deal_id>")
@requires(Permission.DEAL_VIEW)
@blp.response(200, DealSchema)
@blp.alt_response(404, description="not_found")
def show_deal(deal_id: int) -> dict[str, object]:
    """Return everything of one sale; a rep sees their own."""
    deal = get_deal(db.session(), deal_id)
    authorise(deal.project_id)
    found = build_deal_file(db.session(), deal, actor=current_actor())
    return {
        "deal": deal,
        "unit": found.unit,
        "buyers": found.buyers,
        "claim": found.claim,
        "hold": found.hold,
        "provisional_order": found.order,
        "subscription": found.subscription,
        "steps": found.steps,
        "contracts": found.contracts,
        "account": found.account,
        "changes": list_changes_of_deal(db.session(), deal.id),
        "history": tell_story(found.entries),
    }


@blp.route("/projects/<code>/board")
@requires(Permission.BOARD_VIEW)
@blp.arguments(BoardQuerySchema, location="query")
@blp.response(200, BoardSchema, headers={"ETag": {"schema": {"type": "string"}}})
@blp.alt_response(304, description="nothing changed since the ETag in If-None-Match")
def poll(arguments: dict[str, int], **_address: str) -> Response:
    """Tell what changed on the board since a version."""
    tag = request.headers.get("If-None-Match")
    found = answer_poll(
        db.session(), current_project_id(), since=arguments["since"], known_tag=tag, now=clock.now()
    )
    return build_poll_response(found)


def _facts(unit_id: int) -> UnitFacts:
    unit = get_unit(db.session(), unit_id)
    authorise(unit.project_id)
    return get_unit_facts(db.session(), unit, actor=current_actor(), now=clock.now())
