"""From a plan to a version: the preview, and the draft made of exactly what it shows."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from salesoffice.core.errors import DomainError
from salesoffice.core.permissions import Permission
from salesoffice.infra.db import db, transaction
from salesoffice.infra.i18n import _
from salesoffice.priceplans.forms import VersionForm
from salesoffice.priceplans.models import PricePlan
from salesoffice.priceplans.queries import Repricing, build_repricing, get_plan, load_facts
from salesoffice.priceplans.services import make_version
from salesoffice.priceplans.views.blueprint import UNPROCESSABLE, bp
from salesoffice.projects.queries import current_project
from salesoffice.webkit.access import current_actor, current_project_id, requires
from salesoffice.webkit.forms import fill_problem, tidy_text
from salesoffice.webkit.pager import Page, page_number
from salesoffice.webkit.resubmission import claim_form

_PER_PAGE = 200


@bp.route("/p/<code>/plans/<int:plan_id>/version", methods=["GET", "POST"])
@requires(Permission.PRICE_PLAN)
def version(code: str, plan_id: int) -> ResponseReturnValue:
    """Show what a version of the plan would change; make it."""
    plan = get_plan(db.session(), current_project_id(), plan_id)
    form = VersionForm()
    status = 200
    if form.is_submitted():
        status = UNPROCESSABLE
        if form.validate():
            try:
                return redirect(_make(code, plan, form))
            except DomainError as error:
                fill_problem(form, error)
                status = error.status
    return _render(get_plan(db.session(), current_project_id(), plan_id), form), status


def _make(code: str, plan: PricePlan, form: VersionForm) -> str:
    with transaction() as session:
        claim = claim_form(session, form.nonce.data)
        if not claim.body:
            made = make_version(
                session,
                plan,
                actor=current_actor(),
                revision=form.revision.data or 0,
                shown=form.shown.data or "",
                note=form.note.data or "",
            )
            claim.body = url_for("pricing.version", code=code, number=made.number)
            flash(
                _("Version %(number)s was made as a draft. Look at it, then submit it.", number=made.number),
                "success",
            )
        return claim.body


def _render(plan: PricePlan, form: VersionForm) -> str:
    facts = load_facts(db.session(), plan)
    repricing: Repricing | None = None
    problem = ""
    try:
        repricing = build_repricing(facts, facts.compute())
    except DomainError as error:
        problem = str(error.message)
    q = tidy_text(request.args.get("q", ""))[:100]
    rows = [row for row in (repricing.rows if repricing else ()) if q.casefold() in row.place.code.casefold()]
    number = min(page_number(request.args.get("page")), max(1, -(-len(rows) // _PER_PAGE)))
    form.revision.raw_data = form.shown.raw_data = None
    form.revision.data, form.shown.data = plan.revision, repricing.shown if repricing else ""
    return render_template(
        "priceplans/version.html",
        project=current_project(),
        plan=plan,
        form=form,
        repricing=repricing,
        problem_text=problem,
        q=q,
        page=Page(rows[(number - 1) * _PER_PAGE : number * _PER_PAGE], number, _PER_PAGE, len(rows)),
    )
