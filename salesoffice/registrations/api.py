"""JSON API of registrations."""

from typing import Any

from sqlalchemy.orm import Session, joinedload

from salesoffice.core import clock
from salesoffice.core.errors import FieldProblem, InvalidInput, NotFound
from salesoffice.core.permissions import Permission
from salesoffice.deals.queries import get_deal
from salesoffice.infra.db import db
from salesoffice.infra.i18n import _l
from salesoffice.projects.queries import find_project
from salesoffice.registrations.models import Registration, RegistrationCategory
from salesoffice.registrations.queries import (
    RegistrationSearch,
    find_category,
    get_registration,
    may_view_registration,
    no_registration,
    select_found,
)
from salesoffice.registrations.schemas import (
    RegistrationBodySchema,
    RegistrationConvertSchema,
    RegistrationPageSchema,
    RegistrationQuerySchema,
    RegistrationReasonSchema,
    RegistrationRenameSchema,
    RegistrationSchema,
)
from salesoffice.registrations.services import convert, give_back, register, rename
from salesoffice.webkit.access import authorise, current_actor, current_project_id, requires
from salesoffice.webkit.api import make_blueprint, writes
from salesoffice.webkit.pager import CursorPage, paginate_by_id

blp = make_blueprint("registrations", "Registrations of interest")


@blp.route("/registrations", methods=["POST"])
@requires(Permission.REGISTRATION_EDIT)
@blp.arguments(RegistrationBodySchema)
@blp.response(201, RegistrationSchema)
@blp.alt_response(409, description="registered_already, wrong_state (the category is closed)")
@writes(RegistrationSchema, 201)
def post_registration(body: dict[str, Any]) -> Registration:
    """Register a customer's interest: the next queue number of the category, and an account for earnest money."""
    session = db.session()
    project = find_project(session, body["project"])
    if project is None:
        raise NotFound(_l("There is no such project, or you do not belong to it."))
    authorise(project.id)
    return register(
        session,
        _find_category(session, project.id, body["category"]),
        actor=current_actor(),
        customer_id=body["customer_id"],
        registered_on=body["registered_on"] or clock.business_today(),
        wants=body["wants"],
    )


@blp.route("/projects/<code>/registrations")
@requires(Permission.REGISTRATION_VIEW)
@blp.arguments(RegistrationQuerySchema, location="query")
@blp.response(200, RegistrationPageSchema)
def list_registrations(arguments: dict[str, Any], **_address: str) -> CursorPage[Registration]:
    """List the registrations of a project by id; a rep sees their own."""
    session, project_id = db.session(), current_project_id()
    category_id = None
    if arguments["category"]:
        category_id = _find_category(session, project_id, arguments["category"]).id
    search = RegistrationSearch(arguments["q"].strip(), category_id, arguments["state"])
    loading = (
        joinedload(Registration.category),
        joinedload(Registration.customer),
        joinedload(Registration.account),
    )
    statement = select_found(project_id, search, actor=current_actor()).options(*loading)
    return paginate_by_id(statement, Registration.id, cursor=arguments["cursor"], limit=arguments["limit"])


@blp.route("/registrations/<int:registration_id>")
@requires(Permission.REGISTRATION_VIEW)
@blp.response(200, RegistrationSchema)
@blp.alt_response(404, description="not_found")
def show_registration(registration_id: int) -> Registration:
    """Return a registration; a rep sees their own."""
    return _load(registration_id)


@blp.route("/registrations/<int:registration_id>/give-back", methods=["POST"])
@requires(Permission.REGISTRATION_EDIT)
@blp.arguments(RegistrationReasonSchema)
@blp.response(200, RegistrationSchema)
@blp.alt_response(409, description="wrong_state (ended, or money waits for finance)")
@writes(RegistrationSchema)
def post_giving_back(body: dict[str, Any], registration_id: int) -> Registration:
    """End a registration; the refund of its money is asked for and waits for a second person."""
    return give_back(db.session(), _load(registration_id), actor=current_actor(), reason=body["reason"])


@blp.route("/registrations/<int:registration_id>/rename", methods=["POST"])
@requires(Permission.REGISTRATION_EDIT)
@blp.arguments(RegistrationRenameSchema)
@blp.response(200, RegistrationSchema)
@blp.alt_response(409, description="wrong_state (ended), registered_already")
@writes(RegistrationSchema)
def post_renaming(body: dict[str, Any], registration_id: int) -> Registration:
    """Put another customer in the place of a registration's; queue number and money stay."""
    return rename(
        db.session(),
        _load(registration_id),
        actor=current_actor(),
        customer_id=body["customer_id"],
        reason=body["reason"],
    )


@blp.route("/registrations/<int:registration_id>/convert", methods=["POST"])
@requires(Permission.REGISTRATION_EDIT)
@blp.arguments(RegistrationConvertSchema)
@blp.response(200, RegistrationSchema)
@blp.alt_response(409, description="wrong_state (ended, no agreement, no confirmed money), money_paid_back")
@writes(RegistrationSchema)
def post_conversion(body: dict[str, Any], registration_id: int) -> Registration:
    """Carry the confirmed earnest money over as the deposit of the customer's sale."""
    session = db.session()
    registration = _load(registration_id)
    return convert(session, registration, get_deal(session, body["deal_id"]), actor=current_actor())


def _load(registration_id: int) -> Registration:
    registration = get_registration(db.session(), registration_id)
    authorise(registration.project_id)
    if not may_view_registration(current_actor(), registration):
        raise no_registration()
    return registration


def _find_category(session: Session, project_id: int, name: str) -> RegistrationCategory:
    category = find_category(session, project_id, name.strip())
    if category is None:
        message = _l("There is no such category of registrations.")
        raise InvalidInput(message, [FieldProblem("category", message)], code="category_unknown")
    return category
