"""The papers of a project and of a sale, one paper and its file."""

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from salesoffice.core.errors import NotFound
from salesoffice.core.permissions import Permission
from salesoffice.customers.queries import name_users
from salesoffice.deals.models import Deal
from salesoffice.deals.queries import get_deal_by_number, may_view_deal
from salesoffice.infra.db import db
from salesoffice.infra.i18n import _l
from salesoffice.papers.documents import build_preview, name_field, show_side
from salesoffice.papers.enums import PaperKind
from salesoffice.papers.models import Paper
from salesoffice.papers.queries import (
    get_paper,
    judge_one,
    list_choices,
    list_outdated_ids,
    list_standings,
    restore_data,
    select_papers,
)
from salesoffice.papers.views.blueprint import answer_file, bp
from salesoffice.webkit.access import current_actor, current_project_id, requires
from salesoffice.webkit.forms import Problem, tidy_text
from salesoffice.webkit.pager import page_number, paginate

_LONGEST_SEARCH = 100


@bp.route("/p/<code>/papers")
@requires(Permission.DEAL_VIEW)
def index(code: str) -> ResponseReturnValue:
    """List the papers of the project that a person may see, the newest first."""
    session = db.session()
    wanted = request.args.get("kind", "")
    statement = select_papers(
        current_project_id(),
        current_actor(),
        query=tidy_text(request.args.get("q", ""))[:_LONGEST_SEARCH],
        kind=next((kind for kind in PaperKind if kind.value == wanted), None),
        only_outdated=request.args.get("state") == "outdated",
    )
    page = paginate(statement, page_number(request.args.get("page")))
    return render_template(
        "papers/index.html",
        code=code,
        page=page,
        kinds=PaperKind.choices(),
        outdated=list_outdated_ids(session, [paper.id for paper in page.items]),
    )


@bp.route("/p/<code>/deals/<number>/papers")
@requires(Permission.DEAL_VIEW)
def deal(code: str, number: str) -> ResponseReturnValue:
    """Show all papers of a sale and what can be issued."""
    return show_deal(code, load_deal(number))


@bp.route("/p/<code>/papers/<int:paper_id>")
@requires(Permission.DEAL_VIEW)
def show(code: str, paper_id: int) -> ResponseReturnValue:
    """Show one paper: what it says, and field by field what is otherwise now."""
    paper = load_paper(paper_id)
    session = db.session()
    return render_template(
        "papers/show.html",
        code=code,
        paper=paper,
        standing=judge_one(session, paper),
        issuer=name_users(session, [paper.issued_by_id]).get(paper.issued_by_id, ""),
        name_field=name_field,
        show_side=show_side,
        preview=build_preview(restore_data(paper)),
    )


@bp.route("/p/<code>/papers/<int:paper_id>/file")
@requires(Permission.DEAL_VIEW)
def file(code: str, paper_id: int) -> ResponseReturnValue:
    """Give out the file of a paper; whoever may not see certificate numbers gets a masked copy."""
    return answer_file(load_paper(paper_id), actor=current_actor(), code=code)


def load_deal(number: str) -> Deal:
    """Return a sale of the project that the person may see; raises NotFound."""
    found = get_deal_by_number(db.session(), current_project_id(), number)
    if not may_view_deal(current_actor(), found):
        raise NotFound(_l("There is no such deal."))
    return found


def load_paper(paper_id: int) -> Paper:
    """Return a paper of the project whose sale the person may see; raises NotFound."""
    paper = get_paper(db.session(), paper_id)
    is_seen = paper.deal is None or may_view_deal(current_actor(), paper.deal)
    if paper.project_id != current_project_id() or not is_seen:
        raise NotFound(_l("There is no such issued paper."))
    return paper


def show_deal(
    code: str, found: Deal, *, problem: Problem | None = None, status: int = 200
) -> ResponseReturnValue:
    """Answer with the papers of a sale, with a refusal on top if there is one."""
    session, actor = db.session(), current_actor()
    may_issue = actor.can(Permission.PAPER_ISSUE, found.project_id)
    page = render_template(
        "papers/deal.html",
        code=code,
        deal=found,
        standings=list_standings(session, found),
        choices=list_choices(session, found) if may_issue else (),
        name_field=name_field,
        show_side=show_side,
        problem=problem,
        back=url_for("board.deal", code=code, number=found.number),
    )
    return page, status
