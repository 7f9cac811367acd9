"""Pages of undo: what I did within the last ten minutes, and the button beside what I have just done."""

from urllib.parse import urlsplit

from flask import Blueprint, Response, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from salesoffice.core import clock
from salesoffice.core.errors import DomainError, NotFound
from salesoffice.infra.db import db, transaction
from salesoffice.infra.i18n import _, _l
from salesoffice.undo.models import UndoOffer
from salesoffice.undo.queries import get_offer, list_recent_offers, name_of
from salesoffice.undo.services import take_back
from salesoffice.undo.signals import find_way
from salesoffice.webkit.access import current_actor, current_project_id, is_api, signed_in
from salesoffice.webkit.forms import BaseForm, Problem

bp = Blueprint("undo", __name__)

FLASH = "undo"
"""The category of the message that is the address of the button; see templates/web/_flash.html."""


@bp.route("/p/<code>/undo")
@signed_in
def index(code: str) -> ResponseReturnValue:
    """List what I did within the last ten minutes."""
    return _show(code)


@bp.route("/p/<code>/undo/<int:offer_id>", methods=["POST"])
@signed_in
def take(code: str, offer_id: int) -> ResponseReturnValue:
    """Undo one action."""
    offer = get_offer(db.session(), offer_id)
    if offer.project_id != current_project_id():
        raise NotFound(_l("There is nothing to undo here."))
    if not BaseForm().validate():
        return _show(code, Problem(_("The page was open for too long. Please send it once more.")), 422)
    try:
        with transaction() as session:
            offer = take_back(session, offer, actor=current_actor())
    except DomainError as error:
        return _show(code, Problem(error.message), error.status)
    flash(_("Undone: %(what)s.", what=describe(offer)), "success")
    return redirect(_find_way_back(code))


@bp.after_app_request
def carry_button(response: Response) -> Response:
    """Let the page after a cheap action carry the button that undoes it."""
    offered = g.get("undo_offers", ())
    if len(offered) == 1 and response.status_code in {302, 303} and "project" in g and not is_api():
        flash(url_for("undo.take", code=g.project.code, offer_id=offered[0]), FLASH)
    return response


def describe(offer: UndoOffer) -> str:
    """Say in words what was done."""
    return " · ".join(part for part in (str(find_way(offer.action).label), name_of(offer)) if part)


def _show(code: str, problem: Problem | None = None, status: int = 200) -> ResponseReturnValue:
    offers = list_recent_offers(db.session(), current_project_id(), current_actor().id)
    rows = [(offer, describe(offer)) for offer in offers]
    page = render_template("undo/index.html", code=code, rows=rows, problem=problem, now=clock.now())
    return page, status


def _find_way_back(code: str) -> str:
    """Return the page of the project on which the button was pressed."""
    came_from = urlsplit(request.referrer or "")
    if came_from.netloc == request.host and came_from.path.startswith(f"/p/{code}/"):
        return came_from.path + (f"?{came_from.query}" if came_from.query else "")
    return url_for("undo.index", code=code)
