"""JSON API of the register of numbered forms."""

from typing import Any

from salesoffice.core.permissions import Permission
from salesoffice.infra.db import db
from salesoffice.stationery.models import NumberedForm, PrintRun
from salesoffice.stationery.queries import FormSearch, get_form, select_forms
from salesoffice.stationery.schemas import (
    FormListSchema,
    FormQuerySchema,
    FormSchema,
    IssueBodySchema,
    IssuedSchema,
    NoFormEntriesSchema,
    RunBodySchema,
    RunSchema,
    SpoilBodySchema,
)
from salesoffice.stationery.services import (
    FormChoice,
    RunDraft,
    issue_forms,
    receive_run,
    return_forms,
    spoil_form,
)
from salesoffice.webkit.access import authorise, current_actor, current_project_id, requires
from salesoffice.webkit.api import make_blueprint, writes
from salesoffice.webkit.pager import paginate_by_id

blp = make_blueprint("stationery", "Print runs of numbered forms")


@blp.route("/projects/<code>/forms")
@requires(Permission.STATIONERY_VIEW)
@blp.arguments(FormQuerySchema, location="query")
@blp.response(200, FormListSchema)
def list_forms(query: dict[str, Any], code: str) -> dict[str, Any]:
    """List the numbered forms of a project."""
    search = FormSearch(query["kind"], query["state"])
    page = paginate_by_id(
        select_forms(current_project_id(), search),
        NumberedForm.id,
        cursor=query["cursor"],
        limit=query["limit"],
    )
    return {"items": page.items, "next_cursor": page.next_cursor}


@blp.route("/projects/<code>/print-runs", methods=["POST"])
@requires(Permission.STATIONERY_EDIT)
@blp.arguments(RunBodySchema)
@blp.response(201, RunSchema)
@blp.alt_response(409, description="forms_overlap: a number is in the register already")
@writes(RunSchema, 201)
def post_print_run(draft: RunDraft, code: str) -> PrintRun:
    """Register a print run that was delivered."""
    return receive_run(db.session(), current_project_id(), actor=current_actor(), draft=draft)


@blp.route("/projects/<code>/forms/issue", methods=["POST"])
@requires(Permission.STATIONERY_EDIT)
@blp.arguments(IssueBodySchema)
@blp.response(200, IssuedSchema)
@blp.alt_response(409, description="forms_too_few, form_unknown, wrong_state")
@writes(IssuedSchema)
def post_issue(body: dict[str, Any], code: str) -> dict[str, Any]:
    """Issue forms to a person of the project."""
    forms = issue_forms(
        db.session(),
        current_project_id(),
        actor=current_actor(),
        choice=body["choice"],
        holder_id=body["holder_id"],
    )
    return {"items": forms}


@blp.route("/forms/<int:form_id>/spoil", methods=["POST"])
@requires(Permission.STATIONERY_EDIT)
@blp.arguments(SpoilBodySchema)
@blp.response(200, FormSchema)
@blp.alt_response(409, description="wrong_state (spoilt already, or reserved by a draft)")
@writes(FormSchema)
def post_spoilt(body: dict[str, Any], form_id: int) -> NumberedForm:
    """Take a form out of use for good."""
    return spoil_form(db.session(), _load(form_id), actor=current_actor(), reason=body["reason"])


@blp.route("/forms/<int:form_id>/return", methods=["POST"])
@requires(Permission.STATIONERY_EDIT)
@blp.arguments(NoFormEntriesSchema)
@blp.response(200, FormSchema)
@blp.alt_response(409, description="wrong_state (not issued)")
@writes(FormSchema)
def post_return(_body: dict[str, Any], form_id: int) -> NumberedForm:
    """Put an issued form back into stock."""
    form = _load(form_id)
    choice = FormChoice(form.kind, first=form.number)
    return return_forms(db.session(), form.project_id, actor=current_actor(), choice=choice)[0]


def _load(form_id: int) -> NumberedForm:
    form = get_form(db.session(), form_id)
    authorise(form.project_id)
    return form
