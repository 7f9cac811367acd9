"""Discount schemes: list, entry, order, closing; the authority of each role."""

from collections.abc import Callable

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from salesoffice.core import clock
from salesoffice.core.errors import DomainError
from salesoffice.core.permissions import Permission
from salesoffice.infra.db import db, transaction
from salesoffice.infra.i18n import _
from salesoffice.offers.forms import OFFER_ROLES, AuthorityForm, SchemeForm
from salesoffice.offers.models import DiscountScheme
from salesoffice.offers.queries import (
    get_scheme,
    is_usable_today,
    list_authorities,
    list_schemes,
    read_plans,
    to_rule,
)
from salesoffice.offers.rules import describe_scheme
from salesoffice.offers.services import (
    SchemeDetails,
    add_scheme,
    change_scheme,
    close_scheme,
    move_scheme,
    set_authorities,
)
from salesoffice.offers.views.blueprint import UNPROCESSABLE, bp
from salesoffice.projects.queries import current_project
from salesoffice.webkit.access import current_actor, current_project_id, requires
from salesoffice.webkit.forms import fill_problem
from salesoffice.webkit.resubmission import claim_form

Work = Callable[[Session, SchemeDetails], DiscountScheme]


@bp.route("/p/<code>/discounts")
@requires(Permission.DISCOUNT_EDIT)
def schemes(code: str) -> ResponseReturnValue:
    """List the schemes in their order, the closed ones below, and what each role may give."""
    form = AuthorityForm(formdata=None)
    limits = list_authorities(db.session(), current_project_id())
    for role in OFFER_ROLES:
        form[role.value].data = limits.get(role)
    return _render(form)


@bp.route("/p/<code>/discounts/authority", methods=["POST"])
@requires(Permission.DISCOUNT_EDIT)
def authority(code: str) -> ResponseReturnValue:
    """Set the largest discount of each role."""
    form = AuthorityForm()
    if not form.validate():
        return _render(form), UNPROCESSABLE
    try:
        with transaction() as session:
            set_authorities(session, current_project_id(), actor=current_actor(), limits=form.read())
    except DomainError as error:
        fill_problem(form, error)
        return _render(form), error.status
    flash(_("What each role may give was saved."), "success")
    return redirect(url_for("offers.schemes", code=code))


@bp.route("/p/<code>/discounts/new", methods=["GET", "POST"])
@requires(Permission.DISCOUNT_EDIT)
def new_scheme(code: str) -> ResponseReturnValue:
    """Enter a discount scheme."""
    form = SchemeForm()
    if not form.is_submitted():
        form.valid_from.data = clock.business_today()
        return _show(form, None)
    project_id, actor = current_project_id(), current_actor()
    return _save(
        form, None, lambda session, details: add_scheme(session, project_id, actor=actor, details=details)
    )


@bp.route("/p/<code>/discounts/<int:scheme_id>", methods=["GET", "POST"])
@requires(Permission.DISCOUNT_EDIT)
def scheme(code: str, scheme_id: int) -> ResponseReturnValue:
    """Change a discount scheme; one that was used is closed and another made in its place."""
    found, form, actor = _load(scheme_id), SchemeForm(), current_actor()
    if not form.is_submitted():
        form.fill(found)
        return _show(form, found)
    return _save(
        form,
        found,
        lambda session, details: change_scheme(session, _load(scheme_id), actor=actor, details=details),
    )


@bp.route("/p/<code>/discounts/<int:scheme_id>/close", methods=["POST"])
@requires(Permission.DISCOUNT_EDIT)
def close(code: str, scheme_id: int) -> ResponseReturnValue:
    """Close a scheme."""
    with transaction() as session:
        closed = close_scheme(session, _load(scheme_id), actor=current_actor())
    flash(_("“%(name)s” is closed.", name=closed.name), "success")
    return redirect(url_for("offers.schemes", code=code))


@bp.route("/p/<code>/discounts/<int:scheme_id>/move", methods=["POST"])
@requires(Permission.DISCOUNT_EDIT)
def move(code: str, scheme_id: int) -> ResponseReturnValue:
    """Move a scheme one place up, or down when the form says so."""
    up = request.form.get("direction") != "down"
    with transaction() as session:
        move_scheme(session, _load(scheme_id), actor=current_actor(), up=up)
    return redirect(url_for("offers.schemes", code=code))


def _save(form: SchemeForm, scheme: DiscountScheme | None, work: Work) -> ResponseReturnValue:
    details = form.read() if form.validate() else None
    if details is None:
        return _show(form, scheme), UNPROCESSABLE
    code = current_project().code
    try:
        with transaction() as session:
            claim = claim_form(session, form.nonce.data)
            if not claim.body:
                work(session, details)
                claim.body = url_for("offers.schemes", code=code)
    except DomainError as error:
        fill_problem(form, error)
        return _show(form, scheme), error.status
    flash(_("“%(name)s” was saved.", name=details.name), "success")
    return redirect(claim.body)


def _load(scheme_id: int) -> DiscountScheme:
    return get_scheme(db.session(), current_project_id(), scheme_id)


def _show(form: SchemeForm, scheme: DiscountScheme | None) -> str:
    return render_template("offers/scheme.html", form=form, scheme=scheme, code=current_project().code)


def _render(form: AuthorityForm) -> str:
    session, project = db.session(), current_project()
    return render_template(
        "offers/schemes.html",
        form=form,
        code=project.code,
        roles=[role.value for role in OFFER_ROLES],
        schemes=[
            (row, describe_scheme(to_rule(row)), sorted(read_plans(row)), is_usable_today(row))
            for row in list_schemes(session, project.id)
        ],
        closed=[
            (row, describe_scheme(to_rule(row))) for row in list_schemes(session, project.id, closed=True)
        ],
    )
