"""Categories of registrations, for the manager."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from salesoffice.core.errors import DomainError, NotFound
from salesoffice.core.permissions import Permission
from salesoffice.infra.db import db, transaction
from salesoffice.infra.i18n import _, _l
from salesoffice.projects.queries import current_project
from salesoffice.registrations.forms import CategoryForm
from salesoffice.registrations.models import RegistrationCategory
from salesoffice.registrations.queries import count_by_category, get_category, list_categories
from salesoffice.registrations.services import CategoryDetails, add_category, change_category
from salesoffice.registrations.views.blueprint import bp
from salesoffice.webkit.access import current_actor, requires
from salesoffice.webkit.forms import fill_problem
from salesoffice.webkit.resubmission import claim_form


@bp.route("/p/<code>/registrations/categories", methods=["GET", "POST"])
@requires(Permission.PROJECT_EDIT)
def categories(code: str) -> ResponseReturnValue:
    """List the categories, and add one."""
    project, form, status = current_project(), CategoryForm(), 200
    if form.is_submitted():
        status = 422
        if form.validate():
            try:
                with transaction() as session:
                    claim = claim_form(session, form.nonce.data)
                    if not claim.body:
                        add_category(
                            session,
                            project.id,
                            actor=current_actor(),
                            prefix=form.prefix.data,
                            details=_read(form),
                        )
                        claim.body = url_for("registrations.categories", code=code)
            except DomainError as error:
                fill_problem(form, error)
                status = error.status
            else:
                flash(_("Category “%(name)s” is added.", name=form.name.data), "success")
                return redirect(claim.body)
    session = db.session()
    page = render_template(
        "registrations/categories.html",
        code=code,
        form=form,
        categories=list_categories(session, project.id),
        counts=count_by_category(session, project.id),
    )
    return page, status


@bp.route("/p/<code>/registrations/categories/<int:category_id>", methods=["GET", "POST"])
@requires(Permission.PROJECT_EDIT)
def category(code: str, category_id: int) -> ResponseReturnValue:
    """Change a category: name, earnest money, open or closed."""
    found = _load(category_id)
    form, status = CategoryForm(obj=found), 200
    del form.prefix
    if form.is_submitted():
        status = 422
        if form.validate():
            try:
                with transaction() as session:
                    change_category(session, found, actor=current_actor(), details=_read(form))
            except DomainError as error:
                fill_problem(form, error)
                status = error.status
            else:
                flash(_("The changes are saved."), "success")
                return redirect(url_for("registrations.categories", code=code))
    return render_template("registrations/category.html", code=code, form=form, category=found), status


def _load(category_id: int) -> RegistrationCategory:
    found = get_category(db.session(), category_id)
    if found.project_id != current_project().id:
        raise NotFound(_l("There is no such category of registrations."))
    return found


def _read(form: CategoryForm) -> CategoryDetails:
    return CategoryDetails(form.name.data, form.earnest_amount.data or 0, form.is_open.data)
