"""The search box, its page, and what was opened from it."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from salesoffice.core.errors import InvalidInput
from salesoffice.core.permissions import Permission
from salesoffice.infra.db import db, transaction
from salesoffice.infra.i18n import _l
from salesoffice.projects.queries import current_project
from salesoffice.search.documents import build_groups, build_hit
from salesoffice.search.enums import FindKind
from salesoffice.search.forms import RememberForm
from salesoffice.search.queries import Search, find_all, list_recent
from salesoffice.search.rules import LONGEST_TEXT
from salesoffice.search.services import remember_find
from salesoffice.webkit.access import current_actor, current_project_id, requires
from salesoffice.webkit.forms import tidy_text

bp = Blueprint("search", __name__)

SHORT_LIST, LONG_LIST = 8, 200


@bp.route("/p/<code>/search")
@requires(Permission.PROJECT_VIEW)
def show(code: str) -> ResponseReturnValue:
    """Show what was found, or all finds of one kind; without a text what the person opened last."""
    text, only = _read_text(), _read_kind()
    search = _search(LONG_LIST if only else SHORT_LIST)
    return render_template(
        "search/show.html",
        code=code,
        text=text,
        only=only,
        groups=build_groups(code, find_all(search, text, only=only)),
        recent=() if text else [build_hit(code, find) for find in list_recent(search)],
    )


@bp.route("/p/<code>/search/box")
@requires(Permission.PROJECT_VIEW)
def box(code: str) -> ResponseReturnValue:
    """Answer the search box while somebody types: only the list below it."""
    text, search = _read_text(), _search(SHORT_LIST)
    return render_template(
        "search/_box_list.html",
        code=code,
        text=text,
        groups=build_groups(code, find_all(search, text)),
        recent=() if text else [build_hit(code, find) for find in list_recent(search)],
    )


@bp.route("/p/<code>/search/opened", methods=["POST"])
@requires(Permission.PROJECT_VIEW)
def opened(code: str) -> ResponseReturnValue:
    """Remember what was opened from the search box."""
    form = RememberForm()
    if not form.validate() or form.subject_id.data is None:
        raise InvalidInput(_l("There is no such thing here. Check the address."))
    with transaction() as session:
        remember_find(
            session,
            current_project_id(),
            actor=current_actor(),
            kind=FindKind(form.kind.data),
            subject_id=form.subject_id.data,
        )
    return "", 204


def _search(limit: int) -> Search:
    return Search(db.session(), current_actor(), current_project().id, limit)


def _read_text() -> str:
    return tidy_text(request.args.get("q", ""))[:LONGEST_TEXT]


def _read_kind() -> FindKind | None:
    wanted = request.args.get("kind", "")
    return next((kind for kind in FindKind if kind.value == wanted), None)
