"""The calls and visits of a day, and recording one together with a new customer."""

from datetime import date, timedelta

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from salesoffice.core import clock
from salesoffice.core.errors import DomainError, FieldProblem, InvalidInput, NotFound
from salesoffice.core.permissions import Permission
from salesoffice.customers.forms import VisitForm
from salesoffice.customers.queries import (
    count_day,
    get_customer,
    list_contacts,
    list_customers,
    list_servers,
    name_users,
    select_visits,
)
from salesoffice.customers.rules import CustomerExists, can_see_customer, split_phones
from salesoffice.customers.services import record_visit, register_customer
from salesoffice.customers.views.blueprint import bp
from salesoffice.customers.views.customers import build_rows
from salesoffice.infra.db import db, transaction
from salesoffice.infra.i18n import _, _l
from salesoffice.projects.models import Project
from salesoffice.projects.queries import current_project
from salesoffice.webkit.access import current_actor, requires
from salesoffice.webkit.addresses import read_id
from salesoffice.webkit.forms import fill_problem
from salesoffice.webkit.pager import page_number, paginate
from salesoffice.webkit.resubmission import claim_form

_UNPROCESSABLE = 422


@bp.route("/p/<code>/visits")
@requires(Permission.VISIT_ADD)
def visits(code: str) -> str:
    """Show one business day; a rep sees their own calls and visits."""
    project, actor, session = current_project(), current_actor(), db.session()
    day = _read_day(request.args.get("day", ""))
    sees_all = actor.can(Permission.CUSTOMER_VIEW_ALL, project.id) or not actor.can(
        Permission.CUSTOMER_VIEW, project.id
    )
    rep_id = None if sees_all else actor.id
    page = paginate(select_visits(project.id, day, rep_id=rep_id), page_number(request.args.get("page")))
    seen = {
        visit.customer.id
        for visit in page.items
        if visit.customer and can_see_customer(actor, project.id, visit.customer.rep_id)
    }
    return render_template(
        "customers/visits.html",
        project=project,
        page=page,
        day=day,
        day_before=day - timedelta(days=1),
        day_after=day + timedelta(days=1) if day < clock.business_today() else None,
        counts=count_day(session, project.id, day, rep_id=rep_id),
        names=name_users(session, [visit.rep_id for visit in page.items]),
        seen=seen,
    )


@bp.route("/p/<code>/visits/new", methods=["GET", "POST"])
@requires(Permission.VISIT_ADD)
def new_visit(code: str) -> ResponseReturnValue:
    """Record a call or visit; a new customer is registered by the same form."""
    project = current_project()
    form = _prepare(VisitForm(), project)
    if not form.validate_on_submit():
        return _show_form(form, project)
    try:
        with transaction() as session:
            claim = claim_form(session, form.nonce.data)
            if not claim.body:
                _record(session, form, project)
                claim.body = url_for("customers.visits", code=code, day=str(form.happened_on.data))
    except DomainError as error:
        return _show_form(form, project, error)
    flash(_("The call or visit is recorded."), "success")
    return redirect(claim.body)


def _record(session: Session, form: VisitForm, project: Project) -> None:
    record_visit(
        session,
        project_id=project.id,
        actor=current_actor(),
        kind=form.kind.data,
        is_first=form.is_first.data,
        source=form.source.data,
        wants=form.wants.data or "",
        objections=form.objections.data or "",
        customer_id=_choose_customer(session, form, project),
        rep_id=form.rep_id.data if "rep_id" in form else None,
        happened_on=form.happened_on.data,
    )


def _choose_customer(session: Session, form: VisitForm, project: Project) -> int | None:
    """Return the chosen customer, or the new one, or None for somebody who left no name."""
    if "name" not in form:
        return None
    known: int | None = form.customer_id.data
    phones = split_phones(form.phones.data or "")
    if not form.name.data and not phones:
        return known
    if known is not None:
        message = _l("Choose a known customer or enter a new one, not both.")
        raise InvalidInput(_l("The call or visit was not saved."), [FieldProblem("customer_id", message)])
    if not form.name.data:
        problem = FieldProblem("name", _l("Enter the name that belongs to the phone."))
        raise InvalidInput(_l("The call or visit was not saved."), [problem])
    customer = register_customer(
        session,
        project_id=project.id,
        actor=current_actor(),
        name=form.name.data,
        phones=phones,
        sex=form.sex.data,
        source=form.source.data,
        rep_id=form.rep_id.data if "rep_id" in form else None,
    )
    return customer.id


def _prepare(form: VisitForm, project: Project) -> VisitForm:
    actor = current_actor()
    if actor.can(Permission.CUSTOMER_VIEW_ALL, project.id):
        people = [(user.id, user.name) for user in list_servers(db.session(), project.id)]
        form.rep_id.offer(people, _l("Myself"))
    else:
        del form.rep_id
    if not actor.can(Permission.CUSTOMER_EDIT, project.id):
        for name in ("customer_id", "name", "phones", "sex"):
            delattr(form, name)
    elif not form.is_submitted():
        _choose_from_address(form, project)
    return form


def _choose_from_address(form: VisitForm, project: Project) -> None:
    chosen = read_id(request.args.get("customer_id", ""))
    if chosen is None:
        return
    customer = get_customer(db.session(), chosen, actor=current_actor(), project_id=project.id)
    form.customer_id.data, form.source.data = customer.id, customer.source
    form.is_first.data = not list_contacts(db.session(), customer.id)


def _show_form(form: VisitForm, project: Project, error: DomainError | None = None) -> ResponseReturnValue:
    other_id = None
    if error is not None:
        fill_problem(form, error)
        other_id = error.values.get("customer_id") if isinstance(error, CustomerExists) else None
    customers = _offer_customers(project, form.customer_id.data) if "customer_id" in form else []
    page = render_template(
        "customers/visit_form.html", project=project, form=form, customers=customers, other_id=other_id
    )
    if error is not None:
        return page, error.status
    return page, _UNPROCESSABLE if form.is_submitted() else 200


def _offer_customers(project: Project, chosen_id: int | None) -> list[object]:
    actor, session = current_actor(), db.session()
    found = list(list_customers(session, project.id, actor=actor, limit=20))
    if chosen_id is not None and all(one.id != chosen_id for one in found):
        try:
            found.insert(0, get_customer(session, chosen_id, actor=actor, project_id=project.id))
        except NotFound:
            return list(build_rows(found))
    return list(build_rows(found))


def _read_day(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return clock.business_today()
    return min(max(day, date(2000, 1, 1)), clock.business_today())
