"""All changes of a project: searched, counted, printed, as a workbook."""

from flask import Response, make_response, render_template, request
from flask.typing import ResponseReturnValue

from salesoffice.changes.documents import MOST_ROWS, XLSX, name_people, write_workbook
from salesoffice.changes.enums import ChangeKind, ChangeState
from salesoffice.changes.queries import ChangeSearch, count_states, select_changes
from salesoffice.changes.views.blueprint import bp
from salesoffice.core import clock
from salesoffice.core.permissions import Permission
from salesoffice.infra.db import db
from salesoffice.projects.queries import current_project
from salesoffice.webkit.access import current_actor, current_project_id, requires
from salesoffice.webkit.forms import tidy_text
from salesoffice.webkit.pager import page_number, paginate

_LONGEST_SEARCH = 100


@bp.route("/p/<code>/changes")
@requires(Permission.DEAL_VIEW)
def index(code: str) -> ResponseReturnValue:
    """List the changes of the sales a person may see."""
    session, actor, project_id = db.session(), current_actor(), current_project_id()
    search = _read_search()
    page = paginate(select_changes(project_id, search, actor=actor), page_number(request.args.get("page")))
    return render_template(
        "changes/index.html",
        code=code,
        page=page,
        search=search,
        kinds=ChangeKind,
        states=ChangeState,
        counts=count_states(project_id, search, session=session, actor=actor),
        names=name_people(session, [change.applicant_id for change in page.items]),
    )


@bp.route("/p/<code>/changes/print")
@requires(Permission.DEAL_VIEW)
def print_list(code: str) -> ResponseReturnValue:
    """Show the list as a page for the printer, all rows that the search finds."""
    session, search = db.session(), _read_search()
    found = select_changes(current_project_id(), search, actor=current_actor()).limit(MOST_ROWS)
    rows = session.scalars(found).all()
    return render_template(
        "changes/print.html",
        code=code,
        project=current_project(),
        rows=rows,
        search=search,
        names=name_people(session, [change.applicant_id for change in rows]),
        printed_at=clock.now(),
    )


@bp.route("/p/<code>/changes/export.xlsx")
@requires(Permission.DEAL_VIEW)
def export(code: str) -> Response:
    """Answer with the list as a workbook."""
    session = db.session()
    found = select_changes(current_project_id(), _read_search(), actor=current_actor()).limit(MOST_ROWS)
    response = make_response(write_workbook(session, session.scalars(found).all(), current_project().name))
    response.content_type = XLSX
    name = f"changes-{code}-{clock.business_today().isoformat()}.xlsx"
    response.headers["Content-Disposition"] = f"attachment; filename={name}"
    return response


def _read_search() -> ChangeSearch:
    text = str(tidy_text(request.args.get("q", "")))[:_LONGEST_SEARCH]
    kind = next((kind for kind in ChangeKind if kind.value == request.args.get("kind")), None)
    state = next((state for state in ChangeState if state.value == request.args.get("state")), None)
    return ChangeSearch(text, kind, state)
