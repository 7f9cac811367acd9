"""Loan terms, and taxes and fees on behalf."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from salesoffice.core.errors import DomainError
from salesoffice.core.permissions import Permission
from salesoffice.infra.db import db, transaction
from salesoffice.infra.i18n import _
from salesoffice.offers.forms import ToolsForm
from salesoffice.offers.queries import get_tools
from salesoffice.offers.services import set_tools
from salesoffice.offers.views.blueprint import UNPROCESSABLE, bp
from salesoffice.projects.queries import current_project
from salesoffice.webkit.access import current_actor, current_project_id, requires
from salesoffice.webkit.forms import fill_problem


@bp.route("/p/<code>/discounts/terms", methods=["GET", "POST"])
@requires(Permission.DISCOUNT_EDIT)
def terms(code: str) -> ResponseReturnValue:
    """Show and set with what offers count loans and fees."""
    form = ToolsForm()
    if not form.is_submitted():
        form.fill(get_tools(db.session(), current_project_id()))
        return _show(form)
    wanted = form.read() if form.validate() else None
    if wanted is None:
        return _show(form), UNPROCESSABLE
    loan, fees = wanted
    try:
        with transaction() as session:
            set_tools(session, current_project_id(), actor=current_actor(), loan=loan, fees=fees)
    except DomainError as error:
        fill_problem(form, error)
        return _show(form), error.status
    flash(_("Loan terms and fees were saved."), "success")
    return redirect(url_for("offers.terms", code=code))


def _show(form: ToolsForm) -> str:
    project = current_project()
    filled = [row for row in form.fees if row.form.name.data or row.form.value.data]
    return render_template(
        "offers/terms.html",
        form=form,
        code=project.code,
        is_usual=get_tools(db.session(), project.id).is_usual,
        fees=list(form.fees),
        shown=len(filled),
    )
