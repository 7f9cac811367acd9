"""JSON API of papers."""

from dataclasses import dataclass
from typing import Any

from flask import Response, make_response
from flask_babel import lazy_gettext as _l

from salesoffice.core.errors import DomainError, NotFound
from salesoffice.core.permissions import Permission
from salesoffice.deals.models import Deal
from salesoffice.deals.queries import get_deal, may_view_deal
from salesoffice.infra.db import db
from salesoffice.papers.documents import build_file, draw_paper
from salesoffice.papers.models import Paper
from salesoffice.papers.queries import Standing, build_data, find_choice, get_paper, judge_one, list_standings
from salesoffice.papers.rules import PaperData
from salesoffice.papers.schemas import PaperBodySchema, PaperListSchema, PaperSchema
from salesoffice.papers.services import issue_paper
from salesoffice.webkit.access import authorise, current_actor, requires
from salesoffice.webkit.api import make_blueprint, writes

blp = make_blueprint("papers", "Issued papers and Word templates")


@dataclass(frozen=True)
class _Drawn:
    """A paper drawn before the transaction, or the refusal of it."""

    data: PaperData | None = None
    file: bytes = b""
    refusal: DomainError | None = None


@blp.route("/deals/<int:deal_id>/papers")
@requires(Permission.DEAL_VIEW)
@blp.response(200, PaperListSchema)
def list_papers(deal_id: int) -> dict[str, Any]:
    """List every paper of a sale, the newest first, with what it would say otherwise today."""
    return {"items": list_standings(db.session(), _load_deal(deal_id)), "next_cursor": None}


@blp.route("/deals/<int:deal_id>/papers", methods=["POST"])
@requires(Permission.PAPER_ISSUE)
@blp.arguments(PaperBodySchema)
@blp.response(201, PaperSchema)
@blp.alt_response(409, description="paper_outdated, wrong_state")
@blp.alt_response(422, description="paper_kind_invalid, clauses_missing, clauses_invalid")
def post_paper(body: dict[str, Any], deal_id: int) -> Response:
    """Issue a paper as PDF. The same paper in force is answered again without a new edition."""
    return _keep(_draw(_load_deal(deal_id), body))


@blp.route("/papers/<int:paper_id>")
@requires(Permission.DEAL_VIEW)
@blp.response(200, PaperSchema)
def show_paper(paper_id: int) -> Standing:
    """Return one paper with what it would say otherwise today."""
    return judge_one(db.session(), _load_paper(paper_id))


@blp.route("/papers/<int:paper_id>/file")
@requires(Permission.DEAL_VIEW)
@blp.response(200, content_type="application/pdf")
def show_file(paper_id: int) -> Response:
    """Return the file; a masked PDF to those who may not see certificate numbers."""
    file = build_file(_load_paper(paper_id), actor=current_actor())
    response = make_response(file.data)
    response.content_type = file.media_type
    response.headers.set("Content-Disposition", file.disposition, filename=file.name)
    return response


def _draw(deal: Deal, body: dict[str, Any]) -> _Drawn:
    session, actor = db.session(), current_actor()
    try:
        choice = find_choice(session, deal, body["kind"], body["subject"])
        words = body["clauses"] if choice.takes_words else ""
        data = build_data(session, choice.kind, choice.subject, actor=actor, clauses=words)
        return _Drawn(data, draw_paper(data, operator=actor.name))
    except DomainError as error:  # raised inside, so that a repeated request is answered as before
        return _Drawn(refusal=error)


@writes(PaperSchema, 201)
def _keep(drawn: _Drawn) -> Standing:
    if drawn.data is None:
        raise drawn.refusal or NotFound(_l("There is no such issued paper."))
    session = db.session()
    return judge_one(session, issue_paper(session, drawn.data, actor=current_actor(), file=drawn.file))


def _load_deal(deal_id: int) -> Deal:
    deal = get_deal(db.session(), deal_id)
    authorise(deal.project_id)
    if not may_view_deal(current_actor(), deal):
        raise NotFound(_l("There is no such deal."))
    return deal


def _load_paper(paper_id: int) -> Paper:
    paper = get_paper(db.session(), paper_id)
    authorise(paper.project_id)
    if paper.deal is not None and not may_view_deal(current_actor(), paper.deal):
        raise NotFound(_l("There is no such issued paper."))
    return paper
