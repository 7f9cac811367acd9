"""JSON API of contracts."""

from typing import Any

from flask import Response

from salesoffice.contracts.models import CheckResolution, Contract
from salesoffice.contracts.queries import ErrorReport, get_contract, list_checks, report_errors
from salesoffice.contracts.rules import CriticalFields
from salesoffice.contracts.schemas import (
    CheckListSchema,
    ContractBodySchema,
    ContractSchema,
    ErrorReportSchema,
    FilingBodySchema,
    OnlineBodySchema,
    PeriodQuerySchema,
    ResolutionSchema,
    ResolveBodySchema,
    VerifyBodySchema,
)
from salesoffice.contracts.services import (
    DifferingFields,
    draft_contract,
    file_contract,
    keep_check,
    sign_online,
    verify_contract,
)
from salesoffice.contracts.services.resolving import resolve_difference
from salesoffice.core import clock
from salesoffice.core.permissions import Permission
from salesoffice.infra.db import db, transaction
from salesoffice.reservations.queries import get_subscription
from salesoffice.webkit.access import authorise, current_actor, current_project_id, requires
from salesoffice.webkit.api import make_blueprint, writes

blp = make_blueprint("contracts", "Contracts and their second entry")


@blp.route("/contracts", methods=["POST"])
@requires(Permission.CONTRACT_ENTER)
@blp.arguments(ContractBodySchema)
@blp.response(201, ContractSchema)
@blp.alt_response(
    409,
    description="wrong_state, contract_exists, contract_number_taken, schedule_mismatch, form_unknown, form_used,"
    " form_spoilt, form_issued_to, forms_exhausted",
)
@writes(ContractSchema, 201)
def post_contract(body: dict[str, Any]) -> Contract:
    """Enter the contract of a subscription; another person's entry verifies it."""
    subscription = get_subscription(db.session(), body["subscription_id"])
    authorise(subscription.project_id)
    return draft_contract(db.session(), subscription, actor=current_actor(), entry=body["entry"])


@blp.route("/contracts/<int:contract_id>")
@requires(Permission.DEAL_VIEW_ALL)
@blp.response(200, ContractSchema)
@blp.alt_response(404, description="not_found")
def show_contract(contract_id: int) -> Contract:
    """Return a contract."""
    return _load(contract_id)


@blp.route("/contracts/<int:contract_id>/verify", methods=["POST"])
@requires(Permission.CONTRACT_VERIFY)
@blp.arguments(VerifyBodySchema)
@blp.response(200, ContractSchema)
@blp.alt_response(
    409,
    description="entries_differ (errors and differences name the fields with both values), self_approval,"
    " wrong_state, schedule_mismatch",
)
def post_verification(fields: CriticalFields, contract_id: int) -> Response:
    """Enter the critical fields again. A refused attempt is kept, although nothing else is changed."""
    try:
        return _verify(fields, contract_id)
    except DifferingFields as refusal:
        with transaction() as session:
            found = refusal.verification
            keep_check(session, _load(contract_id), actor=current_actor(), found=found.differences)
        raise


@blp.route("/contracts/<int:contract_id>/sign-online", methods=["POST"])
@requires(Permission.CONTRACT_ENTER)
@blp.arguments(OnlineBodySchema)
@blp.response(200, ContractSchema)
@blp.alt_response(409, description="wrong_state")
@writes(ContractSchema)
def post_online_signing(body: dict[str, Any], contract_id: int) -> Contract:
    """Note that a verified contract was signed online."""
    contract = _load(contract_id)
    return sign_online(
        db.session(), contract, actor=current_actor(), online_no=body["online_no"], on=body["on"]
    )


@blp.route("/contracts/<int:contract_id>/file", methods=["POST"])
@requires(Permission.CONTRACT_ENTER)
@blp.arguments(FilingBodySchema)
@blp.response(200, ContractSchema)
@blp.alt_response(409, description="wrong_state")
@writes(ContractSchema)
def post_filing(body: dict[str, Any], contract_id: int) -> Contract:
    """Note that a contract signed online was filed."""
    contract = _load(contract_id)
    return file_contract(
        db.session(), contract, actor=current_actor(), filing_no=body["filing_no"], on=body["on"]
    )


@blp.route("/contracts/<int:contract_id>/checks")
@requires(Permission.CONTRACT_VERIFY)
@blp.response(200, CheckListSchema)
@blp.alt_response(404, description="not_found")
def show_checks(contract_id: int) -> dict[str, Any]:
    """List the second entries of a contract that differed, with who was wrong."""
    return {"items": list_checks(db.session(), _load(contract_id)), "next_cursor": None}


@blp.route("/contracts/<int:contract_id>/checks/<int:check_id>/resolve", methods=["POST"])
@requires(Permission.CONTRACT_VERIFY)
@blp.arguments(ResolveBodySchema)
@blp.response(200, ResolutionSchema)
@blp.alt_response(409, description="difference_resolved (otherwise already)")
@writes(ResolutionSchema)
def post_resolution(body: dict[str, Any], contract_id: int, check_id: int) -> CheckResolution:
    """Decide whose entry of one differing field was wrong, once."""
    return resolve_difference(
        db.session(),
        _load(contract_id),
        check_id,
        actor=current_actor(),
        field=body["field"],
        culprit=body["culprit"],
    )


@blp.route("/projects/<code>/entry-errors")
@requires(Permission.ENTRY_ERROR_VIEW)
@blp.arguments(PeriodQuerySchema, location="query")
@blp.response(200, ErrorReportSchema)
def show_entry_errors(query: dict[str, Any], code: str) -> ErrorReport:
    """Count per person and month how often entries of contracts were wrong."""
    last = query["to"] or clock.business_today()
    first = query["from_"] or last.replace(day=1)
    return report_errors(db.session(), current_project_id(), min(first, last), max(first, last))


@writes(ContractSchema)
def _verify(fields: CriticalFields, contract_id: int) -> Contract:
    result = verify_contract(db.session(), _load(contract_id), actor=current_actor(), fields=fields)
    if not result.is_verified:
        raise DifferingFields(result)
    return result.contract


def _load(contract_id: int) -> Contract:
    contract = get_contract(db.session(), contract_id)
    authorise(contract.project_id)
    return contract
