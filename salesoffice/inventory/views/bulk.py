"""Changing all units of a filtered list: what to set, preview, confirmation, taking it back."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from salesoffice.core.errors import DomainError, NotFound
from salesoffice.core.permissions import Permission
from salesoffice.infra.db import db, transaction
from salesoffice.infra.i18n import _
from salesoffice.inventory.documents import describe_change, describe_entry
from salesoffice.inventory.forms import BulkForm, PlainForm
from salesoffice.inventory.queries import count_units, list_unit_ids
from salesoffice.inventory.services import BulkPlan, edit_units, get_bulk_edit, plan_bulk_edit, undo_bulk_edit
from salesoffice.inventory.views.blueprint import UNPROCESSABLE, bp
from salesoffice.inventory.views.units import filter_values, read_filter
from salesoffice.projects.queries import current_project
from salesoffice.webkit.access import current_actor, current_project_id, requires
from salesoffice.webkit.forms import BaseForm, fill_problem

_SHOWN_ROWS = 500
PREVIEW_OUTDATED = "preview_outdated"


@bp.route("/p/<code>/units/bulk", methods=["GET", "POST"])
@requires(Permission.UNIT_EDIT)
def bulk(code: str) -> ResponseReturnValue:
    """Choose what to set for all units of a list, look at it, do it."""
    form = BulkForm()
    if not form.is_submitted():
        return _render(BulkForm(formdata=None))
    if not form.validate():
        return _render(form), UNPROCESSABLE
    if request.form.get("do") == "change":
        return _change(code, form)
    try:
        return _render(form, _plan(form))
    except DomainError as error:
        _fill(form, error)
        return _render(form), error.status


@bp.route("/p/<code>/units/bulk/<key>")
@requires(Permission.UNIT_EDIT)
def bulk_done(code: str, key: str) -> ResponseReturnValue:
    """Show a bulk edit; who made it can take it back for ten minutes."""
    return _render_done(key, PlainForm(formdata=None))


@bp.route("/p/<code>/units/bulk/<key>/undo", methods=["POST"])
@requires(Permission.UNIT_EDIT)
def undo_bulk(code: str, key: str) -> ResponseReturnValue:
    """Set the values back to what they were before."""
    try:
        with transaction() as session:
            count = undo_bulk_edit(session, current_project_id(), actor=current_actor(), key=key)
    except NotFound:
        raise
    except DomainError as error:
        form = PlainForm(formdata=None)
        fill_problem(form, error)
        return _render_done(key, form), error.status
    flash(_("%(count)d units are as they were before.", count=count), "success")
    return redirect(url_for("inventory.bulk_done", code=code, key=key))


def _plan(form: BulkForm) -> BulkPlan:
    session, project_id = db.session(), current_project_id()
    ids = list_unit_ids(session, project_id, read_filter(request.form))
    return plan_bulk_edit(
        session, project_id, actor=current_actor(), unit_ids=ids, values=form.build_values()
    )


def _change(code: str, form: BulkForm) -> ResponseReturnValue:
    try:
        with transaction() as session:
            plan, key = edit_units(
                session,
                current_project_id(),
                actor=current_actor(),
                unit_ids=list_unit_ids(session, current_project_id(), read_filter(request.form)),
                values=form.build_values(),
                shown=form.shown.data or "",
                since=form.since.data or 0,
            )
    except DomainError as error:
        _fill(form, error)
        return _render(form, _plan(form) if error.code == PREVIEW_OUTDATED else None), error.status
    flash(_("%(count)d units were changed.", count=len(plan.changes)), "success")
    if not plan.changes:
        return redirect(url_for("inventory.units", code=code, **filter_values(request.form)))
    return redirect(url_for("inventory.bulk_done", code=code, key=key))


def _fill(form: BulkForm, error: DomainError) -> None:
    fill_problem(form, error)
    for problem in error.errors:
        field = form[f"set_{problem.field}"]
        field.errors = [*field.errors, problem.message]


def _render(form: BulkForm, plan: BulkPlan | None = None) -> str:
    values = request.form if request.method == "POST" else request.args
    project = current_project()
    return render_template(
        "inventory/bulk.html",
        project=project,
        form=form,
        plan=plan,
        changes=[(change.code, describe_change(change)) for change in plan.changes[:_SHOWN_ROWS]]
        if plan
        else [],
        filters=filter_values(values),
        count=count_units(db.session(), project.id, read_filter(values)),
    )


def _render_done(key: str, form: BaseForm) -> str:
    project = current_project()
    edit = get_bulk_edit(db.session(), project.id, key)
    return render_template(
        "inventory/bulk_done.html",
        project=project,
        form=form,
        edit=edit,
        is_own=edit.entries[0].actor_id == current_actor().id,
        rows=describe_entry(db.session(), edit.entries[:_SHOWN_ROWS]),
    )
