"""JSON API of customers, calls and visits."""

from typing import Any, TypeVar

from flask_babel import lazy_gettext as _l

from salesoffice.core.certificates import CertificateKind, Sex
from salesoffice.core.errors import NotFound
from salesoffice.core.permissions import Permission
from salesoffice.customers.enums import Source, VisitKind
from salesoffice.customers.models import Customer, Visit
from salesoffice.customers.queries import get_customer, select_customers
from salesoffice.customers.rules import can_see_contacts, shown_phones
from salesoffice.customers.schemas import (
    CustomerBody,
    CustomerList,
    CustomerOut,
    CustomerQuery,
    VisitBody,
    VisitOut,
)
from salesoffice.customers.services import record_visit, register_customer
from salesoffice.infra.db import db
from salesoffice.projects.models import Project
from salesoffice.projects.queries import find_project
from salesoffice.webkit.access import authorise, current_actor, requires
from salesoffice.webkit.api import make_blueprint, writes
from salesoffice.webkit.pager import paginate_by_id

blp = make_blueprint("customers", "customers")

K = TypeVar("K", Sex, CertificateKind, Source)


@blp.route("/customers", methods=["POST"])
@requires(Permission.CUSTOMER_EDIT)
@blp.arguments(CustomerBody)
@blp.response(201, CustomerOut)
@blp.alt_response(409, description="customer_exists: another customer has this phone or certificate")
@writes(CustomerOut, 201)
def register(body: dict[str, Any]) -> dict[str, Any]:
    """Register a customer."""
    project = _authorised_project(body["project"])
    customer = register_customer(
        db.session(),
        project_id=project.id,
        actor=current_actor(),
        name=body["name"],
        phones=body["phones"],
        sex=_member(Sex, body.get("sex")),
        certificate_kind=_member(CertificateKind, body.get("certificate_kind")),
        certificate_no=body.get("certificate_no"),
        source=_member(Source, body.get("source")),
        address=body["address"],
        note=body["note"],
        rep_id=body.get("rep_id"),
    )
    return _present(customer)


@blp.route("/customers")
@requires(Permission.CUSTOMER_VIEW)
@blp.arguments(CustomerQuery, location="query")
@blp.response(200, CustomerList)
def search(query: dict[str, Any]) -> dict[str, Any]:
    """List the customers whom the caller may see, by name, pinyin, phone or certificate number."""
    project_id = _authorised_project(query["project"]).id if query["project"] else None
    statement = select_customers(current_actor(), project_id=project_id, query=query["q"])
    page = paginate_by_id(statement, Customer.id, cursor=query["cursor"], limit=query["limit"])
    return {"items": [_present(one) for one in page.items], "next_cursor": page.next_cursor}


@blp.route("/customers/<int:customer_id>")
@requires(Permission.CUSTOMER_VIEW)
@blp.response(200, CustomerOut)
@blp.alt_response(404, description="not_found: no such customer, or none for the caller")
def show(customer_id: int) -> dict[str, Any]:
    """Return a customer."""
    return _present(get_customer(db.session(), customer_id, actor=current_actor()))


@blp.route("/visits", methods=["POST"])
@requires(Permission.VISIT_ADD)
@blp.arguments(VisitBody)
@blp.response(201, VisitOut)
@blp.alt_response(422, description="invalid_input: a day in the future, or a rep of another project")
@writes(VisitOut, 201)
def add_visit(body: dict[str, Any]) -> dict[str, Any]:
    """Record a call or a visit."""
    project = _authorised_project(body["project"])
    visit = record_visit(
        db.session(),
        project_id=project.id,
        actor=current_actor(),
        kind=VisitKind(body["kind"]),
        is_first=body["first"],
        source=Source(body["source"]),
        wants=body["wants"],
        objections=body["objections"],
        customer_id=body["customer_id"],
        rep_id=body["rep_id"],
        happened_on=body["happened_on"],
    )
    return _present_visit(visit, project)


def _authorised_project(code: str) -> Project:
    """Return a project of the caller; one of somebody else is as unknown as one that does not exist."""
    project = find_project(db.session(), code)
    if project is None or not current_actor().is_member(project.id):
        raise NotFound(_l("There is no project %(code)s.", code=code))
    authorise(project.id)
    return project


def _member(kind: type[K], value: str | None) -> K | None:
    return None if value is None else kind(value)


def _present(customer: Customer) -> dict[str, Any]:
    is_full = can_see_contacts(current_actor(), customer.project_id, customer.rep_id)
    return {
        "id": customer.id,
        "project": customer.project.code,
        "name": customer.name,
        "sex": customer.sex,
        "phones": shown_phones([phone.number for phone in customer.phones], is_full=is_full),
        "certificate_kind": customer.certificate_kind,
        "certificate_masked": customer.certificate_masked,
        "source": customer.source,
        "address": customer.address if is_full else "",
        "note": customer.note if is_full else "",
        "rep_id": customer.rep_id,
        "created_at": customer.created_at,
    }


def _present_visit(visit: Visit, project: Project) -> dict[str, Any]:
    return {
        "id": visit.id,
        "project": project.code,
        "kind": visit.kind,
        "first": visit.is_first,
        "source": visit.source,
        "wants": visit.wants,
        "objections": visit.objections,
        "customer_id": visit.customer_id,
        "rep_id": visit.rep_id,
        "happened_on": visit.happened_on,
        "entered_at": visit.entered_at,
    }
