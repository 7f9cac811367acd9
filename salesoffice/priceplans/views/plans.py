"""The list of plans; making, copying and closing one; its terms."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms.fields.choices import SelectChoice

from salesoffice.core.errors import DomainError
from salesoffice.core.permissions import Permission
from salesoffice.infra.db import db, transaction
from salesoffice.infra.i18n import _
from salesoffice.inventory.forms import PlainForm
from salesoffice.inventory.queries import list_buildings
from salesoffice.priceplans.forms import CopyForm, PlanForm, TermsForm
from salesoffice.priceplans.models import PricePlan
from salesoffice.priceplans.queries import (
    count_plan_units,
    find_free_name,
    get_plan,
    list_open_batches,
    list_plans,
)
from salesoffice.priceplans.services import PlanEdit, change_plan, close_plan, copy_plan, create_plan
from salesoffice.priceplans.views.blueprint import UNPROCESSABLE, bp
from salesoffice.projects.queries import current_project
from salesoffice.webkit.access import current_actor, current_project_id, requires
from salesoffice.webkit.forms import fill_problem
from salesoffice.webkit.resubmission import claim_form


@bp.route("/p/<code>/plans")
@requires(Permission.PRICE_PLAN_VIEW)
def index(code: str) -> ResponseReturnValue:
    """List the plans of a project."""
    project = current_project()
    return render_template(
        "priceplans/index.html",
        project=project,
        rows=list_plans(db.session(), project.id),
        unit_count=count_plan_units(db.session(), project.id),
    )


@bp.route("/p/<code>/plans/new", methods=["GET", "POST"])
@requires(Permission.PRICE_PLAN)
def new(code: str) -> ResponseReturnValue:
    """Make a plan: what it covers and what it aims at."""
    form = _build_form()
    status = 200
    if form.is_submitted():
        status = UNPROCESSABLE
        if form.validate():
            try:
                return redirect(_create(code, form))
            except DomainError as error:
                fill_problem(form, error)
                status = error.status
    return render_template("priceplans/new.html", project=current_project(), form=form), status


@bp.route("/p/<code>/plans/<int:plan_id>/terms", methods=["GET", "POST"])
@requires(Permission.PRICE_PLAN)
def terms(code: str, plan_id: int) -> ResponseReturnValue:
    """Change what a plan aims at and how it counts."""
    plan = get_plan(db.session(), current_project_id(), plan_id)
    form = TermsForm(obj=plan)
    status = 200
    if form.is_submitted():
        status = UNPROCESSABLE
        if form.validate():
            try:
                with transaction() as session:
                    edit = PlanEdit(terms=vars(form.build_details()))
                    change_plan(
                        session, plan, actor=current_actor(), revision=form.revision.data or 0, edit=edit
                    )
            except DomainError as error:
                fill_problem(form, error)
                status = error.status
            else:
                return redirect(url_for("priceplans.show", code=code, plan_id=plan_id))
    return render_template("priceplans/terms.html", project=current_project(), plan=plan, form=form), status


@bp.route("/p/<code>/plans/<int:plan_id>/copy", methods=["GET", "POST"])
@requires(Permission.PRICE_PLAN)
def copy(code: str, plan_id: int) -> ResponseReturnValue:
    """Copy a plan as a scenario."""
    plan = get_plan(db.session(), current_project_id(), plan_id)
    form = CopyForm(name=find_free_name(db.session(), plan.project_id, plan.name))
    status = 200
    if form.is_submitted():
        status = UNPROCESSABLE
        if form.validate():
            try:
                return redirect(_copy(code, plan, form))
            except DomainError as error:
                fill_problem(form, error)
                status = error.status
    return render_template("priceplans/copy.html", project=current_project(), plan=plan, form=form), status


@bp.route("/p/<code>/plans/<int:plan_id>/close", methods=["POST"])
@requires(Permission.PRICE_PLAN)
def close(code: str, plan_id: int) -> ResponseReturnValue:
    """Close a plan."""
    plan = get_plan(db.session(), current_project_id(), plan_id)
    if PlainForm().validate():
        with transaction() as session:
            close_plan(session, plan, actor=current_actor())
        flash(_("Plan %(name)s was closed.", name=plan.name), "success")
    return redirect(url_for("priceplans.index", code=code))


def _create(code: str, form: PlanForm) -> str:
    with transaction() as session:
        claim = claim_form(session, form.nonce.data)
        if not claim.body:
            plan = create_plan(
                session,
                current_project_id(),
                actor=current_actor(),
                name=form.name.data or "",
                details=form.build_details(),
                batch_id=form.batch_id.data or None,
                building_ids=form.buildings.data or (),
            )
            claim.body = url_for("priceplans.show", code=code, plan_id=plan.id)
        return claim.body


def _copy(code: str, plan: PricePlan, form: CopyForm) -> str:
    with transaction() as session:
        claim = claim_form(session, form.nonce.data)
        if not claim.body:
            made = copy_plan(session, plan, actor=current_actor(), name=form.name.data or "")
            claim.body = url_for("priceplans.show", code=code, plan_id=made.id)
        return claim.body


def _build_form() -> PlanForm:
    form, session, project_id = PlanForm(), db.session(), current_project_id()
    form.batch_id.choices = [
        SelectChoice(0, "–"),
        *(SelectChoice(batch.id, batch.name) for batch in list_open_batches(session, project_id)),
    ]
    form.buildings.choices = [
        SelectChoice(house.id, house.name or _("(not named)"))
        for house in list_buildings(session, project_id)
    ]
    if not form.is_submitted():
        form.rounding_step.data = 100
    return form
