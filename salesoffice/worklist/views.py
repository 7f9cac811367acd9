"""The page of everything that waits for the person."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from salesoffice.core.permissions import Permission
from salesoffice.infra.db import db
from salesoffice.projects.queries import current_project
from salesoffice.webkit.access import current_actor, requires
from salesoffice.worklist.documents import build_sections

bp = Blueprint("worklist", __name__)


@bp.route("/p/<code>/work")
@requires(Permission.WORK_VIEW)
def show(code: str) -> ResponseReturnValue:
    """Show what waits: the person's turn first, then what others have to do for them."""
    sections = build_sections(db.session(), current_actor(), current_project())
    return render_template(
        "worklist/show.html",
        code=code,
        mine=[view for view in sections if view.section.is_mine],
        others=[view for view in sections if not view.section.is_mine],
    )
