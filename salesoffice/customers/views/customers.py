"""The list of customers, one customer, and choosing one in other forms."""

from collections.abc import Sequence
from typing import NamedTuple

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from salesoffice.core.errors import DomainError
from salesoffice.core.permissions import Permission
from salesoffice.customers.enums import Source
from salesoffice.customers.forms import CustomerForm, RevealForm
from salesoffice.customers.models import Customer
from salesoffice.customers.queries import (
    get_customer,
    list_contacts,
    list_customers,
    list_servers,
    name_users,
    select_customers,
)
from salesoffice.customers.rules import CustomerExists, can_see_contacts, shown_phones, split_phones
from salesoffice.customers.services import (
    CustomerDetails,
    register_customer,
    reveal_certificate,
    update_customer,
)
from salesoffice.customers.views.blueprint import bp
from salesoffice.infra.db import db, transaction
from salesoffice.infra.i18n import _, _l
from salesoffice.projects.models import Project
from salesoffice.projects.queries import current_project
from salesoffice.webkit.access import current_actor, requires
from salesoffice.webkit.addresses import read_id
from salesoffice.webkit.forms import fill_problem, tidy_text
from salesoffice.webkit.pager import page_number, paginate
from salesoffice.webkit.resubmission import claim_form

_CHOICES = 30
_UNPROCESSABLE = 422


class CustomerRow(NamedTuple):
    """A customer as a list shows one."""

    customer: Customer
    phones: tuple[str, ...]
    is_full: bool
    rep: str


def build_rows(customers: Sequence[Customer]) -> list[CustomerRow]:
    """Build the rows of a list; phones are masked unless the person may see them."""
    actor = current_actor()
    names = name_users(db.session(), [customer.rep_id for customer in customers])
    rows = []
    for one in customers:
        is_full = can_see_contacts(actor, one.project_id, one.rep_id)
        phones = shown_phones([phone.number for phone in one.phones], is_full=is_full)
        rows.append(CustomerRow(one, phones, is_full, names.get(one.rep_id, "")))
    return rows


@bp.route("/p/<code>/customers")
@requires(Permission.CUSTOMER_VIEW)
def index(code: str) -> str:
    project, actor = current_project(), current_actor()
    source = request.args.get("source", "")
    statement = select_customers(
        actor,
        project_id=project.id,
        query=tidy_text(request.args.get("q", ""))[:100],
        source=Source(source) if source in set(Source) else None,
        rep_id=read_id(request.args.get("rep", "")),
    )
    page = paginate(statement, page_number(request.args.get("page")))
    return render_template(
        "customers/index.html",
        project=project,
        page=page,
        rows=build_rows(page.items),
        sources=Source,
        reps=_offer_reps(project),
    )


@bp.route("/p/<code>/customers/choose")
@requires(Permission.CUSTOMER_VIEW)
def choose(code: str) -> str:
    """Return the entries of a select for the customers that match, for forms of other pages."""
    found = list_customers(
        db.session(),
        current_project().id,
        actor=current_actor(),
        query=tidy_text(request.args.get("q", ""))[:100],
        limit=_CHOICES,
    )
    return render_template("customers/_options.html", rows=build_rows(found), selected=None)


@bp.route("/p/<code>/customers/new", methods=["GET", "POST"])
@requires(Permission.CUSTOMER_EDIT)
def new(code: str) -> ResponseReturnValue:
    project = current_project()
    form = _prepare(CustomerForm(), project)
    if not form.validate_on_submit():
        return _show_form(form, project)
    try:
        with transaction() as session:
            claim = claim_form(session, form.nonce.data)
            if not claim.body:
                customer = register_customer(
                    session, project_id=project.id, actor=current_actor(), **_details(form)
                )
                claim.body = url_for("customers.show", code=code, customer_id=customer.id)
    except DomainError as error:
        return _show_form(form, project, error=error)
    flash(_("The customer is registered."), "success")
    return redirect(claim.body)


@bp.route("/p/<code>/customers/<int:customer_id>")
@requires(Permission.CUSTOMER_VIEW)
def show(code: str, customer_id: int) -> str:
    return _render_customer(_load(customer_id), RevealForm())


@bp.route("/p/<code>/customers/<int:customer_id>/edit", methods=["GET", "POST"])
@requires(Permission.CUSTOMER_EDIT)
def edit(code: str, customer_id: int) -> ResponseReturnValue:
    project, customer = current_project(), _load(customer_id)
    phones = ", ".join(phone.number for phone in customer.phones)
    form = _prepare(CustomerForm(obj=customer, data={"phones": phones}), project, customer)
    if not form.is_submitted():
        form.phones.data = phones
    if not form.validate_on_submit():
        return _show_form(form, project, customer)
    try:
        with transaction() as session:
            customer = _load(customer_id)
            update_customer(session, customer, actor=current_actor(), **_details(form))
    except DomainError as error:
        return _show_form(form, project, _load(customer_id), error)
    flash(_("The changes are saved."), "success")
    return redirect(url_for("customers.show", code=code, customer_id=customer_id))


@bp.route("/p/<code>/customers/<int:customer_id>/reveal", methods=["POST"])
@requires(Permission.CUSTOMER_REVEAL)
def reveal(code: str, customer_id: int) -> ResponseReturnValue:
    """Show the certificate number on this one answer; the page asked for again hides it."""
    form = RevealForm()
    if not form.validate_on_submit():
        return _render_customer(_load(customer_id), form), _UNPROCESSABLE
    try:
        with transaction() as session:
            reason = form.reason.data or ""
            number = reveal_certificate(session, _load(customer_id), actor=current_actor(), reason=reason)
    except DomainError as error:
        fill_problem(form, error)
        return _render_customer(_load(customer_id), form), error.status
    return _render_customer(_load(customer_id), RevealForm(formdata=None), number)


def _load(customer_id: int) -> Customer:
    return get_customer(db.session(), customer_id, actor=current_actor(), project_id=current_project().id)


def _offer_reps(project: Project) -> list[tuple[int, str]]:
    if not current_actor().can(Permission.CUSTOMER_VIEW_ALL, project.id):
        return []
    return [(user.id, user.name) for user in list_servers(db.session(), project.id)]


def _prepare(form: CustomerForm, project: Project, customer: Customer | None = None) -> CustomerForm:
    people = _offer_reps(project)
    if not people:
        del form.rep_id
        return form
    if customer is not None and customer.rep_id and customer.rep_id not in dict(people):
        people.append((customer.rep_id, name_users(db.session(), [customer.rep_id]).get(customer.rep_id, "")))
    form.rep_id.offer(people, _l("Nobody yet"))
    return form


def _details(form: CustomerForm) -> CustomerDetails:
    details = CustomerDetails(
        name=form.name.data,
        sex=form.sex.data,
        phones=split_phones(form.phones.data or ""),
        certificate_kind=form.certificate_kind.data,
        certificate_no=form.certificate_no.data,
        source=form.source.data,
        address=form.address.data or "",
        note=form.note.data or "",
    )
    if "rep_id" in form:
        details["rep_id"] = form.rep_id.data
    return details


def _show_form(
    form: CustomerForm, project: Project, customer: Customer | None = None, error: DomainError | None = None
) -> ResponseReturnValue:
    other_id = None
    if error is not None:
        fill_problem(form, error)
        other_id = error.values.get("customer_id") if isinstance(error, CustomerExists) else None
    page = render_template(
        "customers/form.html", project=project, form=form, customer=customer, other_id=other_id
    )
    if error is not None:
        return page, error.status
    return page, _UNPROCESSABLE if form.is_submitted() else 200


def _render_customer(customer: Customer, form: RevealForm, number: str = "") -> str:
    actor, session = current_actor(), db.session()
    contacts = list_contacts(session, customer.id)
    names = name_users(session, [visit.rep_id for visit in contacts])
    return render_template(
        "customers/show.html",
        project=current_project(),
        row=build_rows([customer])[0],
        customer=customer,
        contacts=contacts,
        names=names,
        form=form,
        number=number,
        can_edit=actor.can(Permission.CUSTOMER_EDIT, customer.project_id),
        can_reveal=actor.can(Permission.CUSTOMER_REVEAL, customer.project_id),
        can_add_visit=actor.can(Permission.VISIT_ADD, customer.project_id),
    )
