"""Pages of the register of numbered forms."""

from collections.abc import Callable

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from salesoffice.core.errors import DomainError, NotFound
from salesoffice.core.permissions import Permission
from salesoffice.infra.db import db, transaction
from salesoffice.infra.i18n import _, _l
from salesoffice.projects.queries import current_project
from salesoffice.stationery.documents import draw_register, write_register
from salesoffice.stationery.enums import FormKind, FormState
from salesoffice.stationery.forms import IssueForm, PlainForm, RangeForm, ReceiveForm, SpoilForm
from salesoffice.stationery.models import NumberedForm
from salesoffice.stationery.queries import (
    FormSearch,
    build_lines,
    get_form,
    list_balances,
    list_people,
    list_runs,
    select_forms,
    suggest_run,
)
from salesoffice.stationery.services import FormChoice, issue_forms, receive_run, return_forms, spoil_form
from salesoffice.webkit.access import current_actor, current_project_id, requires
from salesoffice.webkit.forms import BaseForm, Problem, fill_problem, tidy_text
from salesoffice.webkit.pager import page_number, paginate
from salesoffice.webkit.resubmission import claim_form

bp = Blueprint("stationery", __name__)

UNPROCESSABLE = 422
PDF = "application/pdf"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

Save = Callable[[Session], str]


@bp.route("/p/<code>/forms")
@requires(Permission.STATIONERY_VIEW)
def index(code: str) -> ResponseReturnValue:
    """Show the balance of each kind, and the forms."""
    return _show_index(code)


@bp.route("/p/<code>/forms/list")
@requires(Permission.STATIONERY_VIEW)
def print_list(code: str) -> Response:
    """Give out the register as PDF or workbook."""
    session, project = db.session(), current_project()
    forms = session.scalars(select_forms(project.id, _read_search())).all()
    balances, lines = list_balances(session, project.id), build_lines(session, forms)
    is_workbook = request.args.get("format") == "xlsx"
    data = (write_register if is_workbook else draw_register)(project, balances, lines)
    response = make_response(data)
    response.content_type = XLSX if is_workbook else PDF
    name = f"{project.code}-forms.{'xlsx' if is_workbook else 'pdf'}"
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    return response


@bp.route("/p/<code>/forms/receive", methods=["GET", "POST"])
@requires(Permission.STATIONERY_EDIT)
def receive(code: str) -> ResponseReturnValue:
    """Register a print run that was delivered; the numbers continue the last one."""
    form, project_id = ReceiveForm(), current_project_id()
    if not form.is_submitted():
        wanted = request.args.get("kind", "")
        kind = FormKind(wanted) if wanted in set(FormKind) else FormKind.CONTRACT
        form.fill(kind, suggest_run(db.session(), project_id, kind))

    def save(session: Session) -> str:
        run = receive_run(session, project_id, actor=current_actor(), draft=form.read_draft())
        count = run.last_number - run.first_number + 1
        return _("%(count)s forms are in the register.", count=count)

    return _submit(code, form, form.nonce.data, save, title=_("Register a print run"))


@bp.route("/p/<code>/forms/issue", methods=["GET", "POST"])
@requires(Permission.STATIONERY_EDIT)
def issue(code: str) -> ResponseReturnValue:
    """Issue forms to a person."""
    form, project_id = IssueForm(), current_project_id()
    form.holder_id.choices = list(list_people(db.session(), project_id).items())

    def save(session: Session) -> str:
        forms = issue_forms(
            session,
            project_id,
            actor=current_actor(),
            choice=form.read_choice(),
            holder_id=form.holder_id.data,
        )
        return _("%(first)s to %(last)s are issued.", first=forms[0].number, last=forms[-1].number)

    return _submit(code, form, form.nonce.data, save, title=_("Issue forms"))


@bp.route("/p/<code>/forms/return", methods=["GET", "POST"])
@requires(Permission.STATIONERY_EDIT)
def give_back(code: str) -> ResponseReturnValue:
    """Put issued forms back into stock."""
    form = RangeForm()

    def save(session: Session) -> str:
        return _return(session, form.read_choice())

    return _submit(code, form, form.nonce.data, save, title=_("Return forms"))


@bp.route("/p/<code>/forms/<int:form_id>/return", methods=["POST"])
@requires(Permission.STATIONERY_EDIT)
def return_one(code: str, form_id: int) -> ResponseReturnValue:
    """Put one issued form back into stock."""
    found = _load(form_id)
    if not PlainForm().validate():
        return _show_index(code), UNPROCESSABLE
    try:
        with transaction() as session:
            words = _return(session, FormChoice(found.kind, first=found.number))
    except DomainError as error:
        return _show_index(code, Problem(error.message)), error.status
    flash(words, "success")
    return redirect(url_for("stationery.index", code=code))


@bp.route("/p/<code>/forms/<int:form_id>/spoil", methods=["GET", "POST"])
@requires(Permission.STATIONERY_EDIT)
def spoil(code: str, form_id: int) -> ResponseReturnValue:
    """Take a form out of use for good."""
    found, form = _load(form_id), SpoilForm()

    def save(session: Session) -> str:
        spoilt = spoil_form(session, found, actor=current_actor(), reason=form.reason.data or "")
        return _("Form %(number)s is spoilt.", number=spoilt.number)

    return _submit(code, form, None, save, title=_("Form %(number)s is spoilt", number=found.number))


def _return(session: Session, choice: FormChoice) -> str:
    forms = return_forms(session, current_project_id(), actor=current_actor(), choice=choice)
    return _("%(count)s forms are back in stock.", count=len(forms))


def _submit(code: str, form: BaseForm, nonce: str | None, save: Save, *, title: str) -> ResponseReturnValue:
    """Show a form of the register, or save it once however often it is sent."""
    status = 200
    if form.is_submitted() and not form.validate():
        status = UNPROCESSABLE
    elif form.is_submitted():
        try:
            with transaction() as session:
                claim = claim_form(session, nonce)
                claim.body = claim.body or save(session)
        except DomainError as error:
            fill_problem(form, error)
            status = error.status
        else:
            flash(claim.body, "success")
            return redirect(url_for("stationery.index", code=code))
    kinds = [(kind, url_for("stationery.receive", code=code, kind=kind.value)) for kind in FormKind]
    return render_template(
        "stationery/form.html", code=code, form=form, form_title=title, kinds=kinds
    ), status


def _read_search() -> FormSearch:
    kind, state = request.args.get("kind", ""), request.args.get("state", "")
    return FormSearch(
        FormKind(kind) if kind in set(FormKind) else None,
        FormState(state) if state in set(FormState) else None,
        tidy_text(request.args.get("q", ""))[:60],
    )


def _show_index(code: str, problem: Problem | None = None) -> str:
    session, project_id, search = db.session(), current_project_id(), _read_search()
    page = paginate(select_forms(project_id, search), page_number(request.args.get("page")))
    return render_template(
        "stationery/index.html",
        code=code,
        balances=list_balances(session, project_id),
        runs=list_runs(session, project_id),
        page=page,
        lines=build_lines(session, page.items),
        search=search,
        states=FormState,
        problem=problem,
        may_edit=current_actor().can(Permission.STATIONERY_EDIT, project_id),
    )


def _load(form_id: int) -> NumberedForm:
    form = get_form(db.session(), form_id)
    if form.project_id != current_project_id():
        raise NotFound(_l("There is no such form."))
    return form
