"""The list of offers, one offer and its paper."""

from flask import flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from salesoffice.core import clock
from salesoffice.core.errors import NotFound
from salesoffice.core.permissions import Permission
from salesoffice.infra.db import db
from salesoffice.infra.files import get_file, read_file
from salesoffice.infra.i18n import _, _l
from salesoffice.offers.documents import judge_offer
from salesoffice.offers.models import Offer
from salesoffice.offers.queries import find_offer_by_number, list_reps, may_view_offer, select_offers
from salesoffice.offers.rules import describe_step, load_figures
from salesoffice.offers.views.blueprint import bp
from salesoffice.offers.views.making import PDF, draw_paper
from salesoffice.projects.queries import current_project
from salesoffice.webkit.access import current_actor, requires
from salesoffice.webkit.addresses import read_id
from salesoffice.webkit.forms import tidy_text
from salesoffice.webkit.pager import page_number, paginate


@bp.route("/p/<code>/offers")
@requires(Permission.OFFER_MAKE)
def index(code: str) -> ResponseReturnValue:
    """List the offers a person may see, the newest first."""
    project, actor = current_project(), current_actor()
    statement = select_offers(
        project.id,
        actor,
        query=tidy_text(request.args.get("q", ""))[:100],
        unit_id=read_id(request.args.get("unit", "")),
        customer_id=read_id(request.args.get("customer_id", "")),
        rep_id=read_id(request.args.get("rep", "")),
    )
    sees_all = actor.can(Permission.DEAL_VIEW_ALL, project.id)
    return render_template(
        "offers/index.html",
        code=code,
        page=paginate(statement, page_number(request.args.get("page"))),
        reps=list_reps(db.session(), project.id) if sees_all else [],
        now=clock.now(),
    )


@bp.route("/p/<code>/offers/<offer_number>")
@requires(Permission.OFFER_MAKE)
def show(code: str, offer_number: str) -> ResponseReturnValue:
    """Show an offer with its figures, and whether they still hold."""
    offer = _load(offer_number)
    return render_template(
        "offers/show.html",
        code=code,
        offer=offer,
        figures=load_figures(offer.figures),
        standing=judge_offer(db.session(), offer, actor=current_actor()),
        describe_step=describe_step,
    )


@bp.route("/p/<code>/offers/<offer_number>/paper")
@requires(Permission.OFFER_MAKE)
def paper(code: str, offer_number: str) -> ResponseReturnValue:
    """Give out the paper of an offer."""
    offer = _load(offer_number)
    if offer.document_id is None:
        raise NotFound(_l("The paper of this offer has not been drawn yet. Open the offer and draw it."))
    response = make_response(read_file(get_file(db.session(), offer.document_id)))
    response.content_type = PDF
    response.headers["Content-Disposition"] = f'inline; filename="{code}-{offer.number}.pdf"'
    return response


@bp.route("/p/<code>/offers/<offer_number>/draw", methods=["POST"])
@requires(Permission.OFFER_MAKE)
def draw(code: str, offer_number: str) -> ResponseReturnValue:
    """Draw the paper of an offer that has none, because drawing it was interrupted."""
    offer = _load(offer_number)
    if offer.document_id is None:
        draw_paper(offer)
        flash(_("The paper is ready."), "success")
    return redirect(url_for("offers.show", code=code, offer_number=offer_number))


def _load(number: str) -> Offer:
    offer = find_offer_by_number(db.session(), current_project().id, number)
    if offer is None or not may_view_offer(current_actor(), offer):
        raise NotFound(_l("There is no such offer."))
    return offer
