"""“Why can't I…” for a unit, and the tables of states behind it."""

from flask import render_template
from flask.typing import ResponseReturnValue

from salesoffice.board.documents.obstacles import address_of
from salesoffice.board.documents.states import build_axes
from salesoffice.board.documents.why import build_answers
from salesoffice.board.queries.why import load_situation
from salesoffice.board.views.blueprint import bp
from salesoffice.core import clock
from salesoffice.core.permissions import Permission
from salesoffice.infra.db import db
from salesoffice.inventory.queries import get_unit_by_code
from salesoffice.projects.queries import current_project
from salesoffice.webkit.access import current_actor, requires


@bp.route("/p/<code>/units/<unit_code>/why")
@requires(Permission.BOARD_VIEW)
def why(code: str, unit_code: str) -> ResponseReturnValue:
    """Say for every action whether the person can do it with this unit now, and which rule is in the way."""
    session, project = db.session(), current_project()
    found = get_unit_by_code(session, project.id, unit_code)
    situation = load_situation(session, found, project, actor=current_actor(), now=clock.now())
    answers = build_answers(session, situation)
    return render_template(
        "board/why.html",
        code=code,
        unit=situation.facts,
        situation=situation,
        possible=[answer for answer in answers if answer.is_possible],
        refused=[answer for answer in answers if not answer.is_possible],
        address_of=lambda step: address_of(step, situation),
    )


@bp.route("/p/<code>/states")
@requires(Permission.BOARD_VIEW)
def states(code: str) -> ResponseReturnValue:
    """Show from which state what may go to which, axis by axis."""
    return render_template("board/states.html", code=code, axes=build_axes())
