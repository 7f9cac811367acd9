"""Issuing a paper: the words are typed, the preview is looked at, the paper is drawn and kept."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from salesoffice.core.errors import DomainError
from salesoffice.core.permissions import Permission
from salesoffice.deals.models import Deal
from salesoffice.infra.db import db, transaction
from salesoffice.infra.files import read_file
from salesoffice.infra.i18n import _
from salesoffice.papers.documents import build_preview, draw_paper
from salesoffice.papers.documents.word import fill_template
from salesoffice.papers.enums import LETTER_KINDS
from salesoffice.papers.forms import PaperForm
from salesoffice.papers.models import Paper
from salesoffice.papers.queries import Choice, build_data, find_choice, judge_one
from salesoffice.papers.queries.word import find_active_template, get_active_template
from salesoffice.papers.rules import PaperData, PaperOutdated, PaperOver
from salesoffice.papers.services import issue_paper
from salesoffice.papers.views.blueprint import bp
from salesoffice.papers.views.papers import load_deal, load_paper, show_deal
from salesoffice.webkit.access import current_actor, requires
from salesoffice.webkit.addresses import read_id
from salesoffice.webkit.forms import Problem, fill_problem
from salesoffice.webkit.resubmission import claim_form


@bp.route("/p/<code>/deals/<number>/papers/new", methods=["GET", "POST"])
@requires(Permission.PAPER_ISSUE)
def issue(code: str, number: str) -> ResponseReturnValue:
    """Type the words of a paper, look at it, issue it."""
    found, form = load_deal(number), PaperForm()
    kind, _colon, address = request.args.get("what", "").partition(":")
    choice = find_choice(db.session(), found, kind, address)
    if not form.is_submitted():
        form.again.data = request.args.get("again", "")
        form.clauses.data = _words_of(form.again.data)
        return _show(code, found, choice, form)
    if not form.validate():
        return _show(code, found, choice, form, status=422)
    if request.form.get("action") not in {"issue", "word"}:
        return _show(code, found, choice, form)
    try:
        paper = _issue(choice, form, is_word=request.form.get("action") == "word")
    except DomainError as error:
        fill_problem(form, error)
        return _show(code, found, choice, form, status=error.status)
    _tell_issued(paper)
    return redirect(url_for("papers.show", code=code, paper_id=paper.id))


@bp.route("/p/<code>/papers/<int:paper_id>/again", methods=["POST"])
@requires(Permission.PAPER_ISSUE)
def again(code: str, paper_id: int) -> ResponseReturnValue:
    """Issue a paper again with the same words, as things stand now."""
    old = load_paper(paper_id)
    standing = judge_one(db.session(), old)
    try:
        if standing.subject is None:
            raise PaperOver
        data = build_data(
            db.session(), old.kind, standing.subject, actor=current_actor(), clauses=old.clauses
        )
        file = draw_paper(data, operator=current_actor().name)
        with transaction() as session:
            replaces = session.get_one(Paper, old.id) if old.kind in LETTER_KINDS else None
            paper = issue_paper(session, data, actor=current_actor(), file=file, replaces=replaces)
    except DomainError as error:
        if old.deal is None:
            raise
        return show_deal(code, old.deal, problem=Problem(error.message), status=error.status)
    _tell_issued(paper)
    return redirect(url_for("papers.show", code=code, paper_id=paper.id))


def _issue(choice: Choice, form: PaperForm, *, is_word: bool) -> Paper:
    data = _build(choice, form)
    if form.shown.data and form.shown.data != data.digest:
        raise PaperOutdated
    template = get_active_template(db.session(), data.project_id, data.kind) if is_word else None
    if template is None:
        file = draw_paper(data, operator=current_actor().name)
    else:
        file = fill_template(read_file(template.file), data)
    replaced = read_id(form.again.data or "")
    with transaction() as session:
        claim = claim_form(session, form.nonce.data)
        earlier = read_id(claim.body)
        if earlier is not None:
            return session.get_one(Paper, earlier)
        replaces = session.get(Paper, replaced) if replaced is not None else None
        paper = issue_paper(
            session, data, actor=current_actor(), file=file, template=template, replaces=replaces
        )
        claim = session.merge(claim)
        claim.body = str(paper.id)
    return paper


def _build(choice: Choice, form: PaperForm) -> PaperData:
    words = (form.clauses.data or "") if choice.takes_words else ""
    return build_data(db.session(), choice.kind, choice.subject, actor=current_actor(), clauses=words)


def _words_of(again: str) -> str:
    paper_id = read_id(again or "")
    return load_paper(paper_id).clauses if paper_id is not None else ""


def _show(
    code: str, found: Deal, choice: Choice, form: PaperForm, *, status: int = 200
) -> ResponseReturnValue:
    preview, data = None, None
    try:
        data = _build(choice, form)
        preview = build_preview(data)
    except DomainError as error:
        if form.is_submitted() and form.problem is None and not form.errors:
            fill_problem(form, error)
            status = error.status
    form.shown.data = data.digest if data else ""
    page = render_template(
        "papers/issue.html",
        code=code,
        deal=found,
        choice=choice,
        form=form,
        data=data,
        preview=preview,
        template=find_active_template(db.session(), found.project_id, choice.kind),
    )
    return page, status


def _tell_issued(paper: Paper) -> None:
    flash(
        _(
            "%(kind)s %(number)s is issued, edition %(edition)s.",
            kind=paper.kind.label,
            number=paper.number,
            edition=paper.edition,
        ),
        "success",
    )
