"""JSON API of changes: asked for by kind, found, withdrawn, undone; and two older addresses that open them."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

from salesoffice.changes.enums import ChangeKind
from salesoffice.changes.models import Change
from salesoffice.changes.queries import (
    ChangeSearch,
    find_undo_offer,
    get_change,
    list_changes_of_deal,
    may_view_change,
    select_changes,
)
from salesoffice.changes.schemas import (
    AreaBodySchema,
    CancelContractBodySchema,
    CancelSaleBodySchema,
    ChangeBodySchema,
    ChangedContractSchema,
    ChangedSubscriptionSchema,
    ChangeListSchema,
    ChangeQuerySchema,
    ChangeSchema,
    CoOwnerBodySchema,
    ExtendSigningBodySchema,
    LateRefundBodySchema,
    LoanBodySchema,
    PaymentDatesBodySchema,
    PlanBodySchema,
    PriceBodySchema,
    PrincipalBodySchema,
    RenameBodySchema,
    ReviveBodySchema,
    SwapBodySchema,
)
from salesoffice.changes.services import request_change, withdraw_change
from salesoffice.contracts.enums import ENDED_CONTRACTS, ContractState
from salesoffice.contracts.queries import get_contract
from salesoffice.contracts.services import cancel_contract
from salesoffice.core.errors import NotFound, Text, WrongState
from salesoffice.core.permissions import Permission
from salesoffice.deals.models import Deal
from salesoffice.deals.queries import get_deal, may_view_deal
from salesoffice.infra.db import db
from salesoffice.projects.queries import current_project
from salesoffice.reservations.enums import SubscriptionState
from salesoffice.reservations.queries import get_subscription
from salesoffice.reservations.schemas import NothingBodySchema
from salesoffice.undo.services import take_back
from salesoffice.webkit.access import authorise, current_actor, not_allowed, requires
from salesoffice.webkit.api import make_blueprint, writes
from salesoffice.webkit.pager import paginate_by_id

blp = make_blueprint("changes", "Changes of a sale")

REFUSALS = (
    "wrong_state (not possible at this stage, or the filing stands), change_waiting (one of the kind waits for approval),"
    " approval_missing; where nobody has to approve and only the manager makes it: 403 not_allowed"
)

ROUTES: tuple[tuple[str, ChangeKind, type[ChangeBodySchema], str], ...] = (
    (
        "cancel",
        ChangeKind.CANCELLATION,
        CancelSaleBodySchema,
        "Cancel a sale at any stage before the filing.",
    ),
    ("extend", ChangeKind.EXTENSION, ExtendSigningBodySchema, "Move the last day for signing."),
    (
        "area-settlement",
        ChangeKind.AREA_SETTLEMENT,
        AreaBodySchema,
        "Settle the area after the final survey.",
    ),
    ("forfeit", ChangeKind.FORFEITURE, ChangeBodySchema, "End a sale by default; the deposit is kept."),
    ("revive", ChangeKind.REVIVAL, ReviveBodySchema, "Let a forfeited sale go on in the same deal."),
    (
        "refund-after-forfeiture",
        ChangeKind.REFUND_AFTER_FORFEITURE,
        LateRefundBodySchema,
        "Let some of what was kept be paid back.",
    ),
    (
        "withdraw-filing",
        ChangeKind.FILING_WITHDRAWAL,
        ChangeBodySchema,
        "Take a filed contract back to the online signing.",
    ),
    ("swap", ChangeKind.SWAP, SwapBodySchema, "Go on with another unit; the money moves with the sale."),
    ("rename", ChangeKind.NAME_CHANGE, RenameBodySchema, "Put other buyers in the place of those there are."),
    ("co-owner", ChangeKind.CO_OWNER, CoOwnerBodySchema, "Add and remove co-owners, set shares."),
    ("principal", ChangeKind.PRINCIPAL, PrincipalBodySchema, "Make another buyer the principal."),
    ("price-change", ChangeKind.PRICE, PriceBodySchema, "Agree on other discounts or another total."),
    ("plan-change", ChangeKind.SCHEDULE, PlanBodySchema, "Pay by another plan, with a new schedule."),
    (
        "payment-dates",
        ChangeKind.PAYMENT_DATES,
        PaymentDatesBodySchema,
        "Move the days of what is still to be paid.",
    ),
    ("loan-terms", ChangeKind.LOAN, LoanBodySchema, "Change bank, years or amount of the loan."),
    ("void", ChangeKind.VOID, ChangeBodySchema, "End what was entered by mistake and never paid for."),
)
"""Below `/deals/{id}/`: the last part of the address, the kind it asks for, its body, and what it does."""


class Changed:
    """A document with the change that was opened for it, for the answer."""

    def __init__(self, document: object, change: Change | None) -> None:
        self.change = change
        self._document = document

    def __getattr__(self, name: str) -> Any:
        return getattr(self._document, name)


def add_change_route(address: str, kind: ChangeKind, schema: type[ChangeBodySchema], summary: str) -> None:
    """Register the POST address of one kind of change."""

    def post(body: dict[str, Any], deal_id: int) -> Change:
        return _ask(_load_deal(deal_id), kind, body)

    post.__name__ = f"post_{address.replace('-', '_')}"
    post.__doc__ = summary
    view: Any = writes(ChangeSchema, 201)(post)
    view = blp.alt_response(409, description=REFUSALS)(view)
    view = blp.response(201, ChangeSchema)(view)
    view = blp.arguments(schema)(view)
    view = requires(Permission.CHANGE_REQUEST)(view)
    blp.route(f"/deals/<int:deal_id>/{address}", methods=["POST"])(view)


for _address, _kind, _schema, _summary in ROUTES:
    add_change_route(_address, _kind, _schema, _summary)


@blp.route("/deals/<int:deal_id>/changes")
@requires(Permission.DEAL_VIEW)
@blp.response(200, ChangeListSchema)
def list_of_deal(deal_id: int) -> dict[str, object]:
    """List all changes of a sale, the newest first."""
    deal = get_deal(db.session(), deal_id)
    authorise(deal.project_id)
    if not may_view_deal(current_actor(), deal):
        raise not_allowed()
    return {"items": list_changes_of_deal(db.session(), deal.id), "next_cursor": None}


@blp.route("/projects/<code>/changes")
@requires(Permission.DEAL_VIEW)
@blp.arguments(ChangeQuerySchema, location="query")
@blp.response(200, ChangeListSchema)
def list_of_project(query: dict[str, Any], **_address: str) -> dict[str, object]:
    """List the changes of a project's sales; a rep sees those of their own."""
    search = ChangeSearch(kind=query["kind"], state=query["state"])
    statement = select_changes(current_project().id, search, actor=current_actor())
    page = paginate_by_id(statement, Change.id, cursor=query["cursor"], limit=query["limit"])
    return {"items": page.items, "next_cursor": page.next_cursor}


@blp.route("/changes/<int:change_id>")
@requires(Permission.DEAL_VIEW)
@blp.response(200, ChangeSchema)
@blp.alt_response(404, description="not_found")
def show_change(change_id: int) -> Change:
    """Return a change."""
    return _load(change_id)


@blp.route("/changes/<int:change_id>/withdraw", methods=["POST"])
@requires(Permission.CHANGE_REQUEST)
@blp.arguments(NothingBodySchema)
@blp.response(200, ChangeSchema)
@blp.alt_response(409, description="wrong_state (decided already)")
@writes(ChangeSchema)
def post_withdrawal(_body: dict[str, Any], change_id: int) -> Change:
    """Take back a change that waits for approval; by the person who asked for it."""
    return withdraw_change(db.session(), _load(change_id), actor=current_actor())


@blp.route("/changes/<int:change_id>/undo", methods=["POST"])
@requires(Permission.CHANGE_REQUEST)
@blp.arguments(NothingBodySchema)
@blp.response(200, ChangeSchema)
@blp.alt_response(409, description="undo_taken, undo_too_late, undo_changed")
@writes(ChangeSchema)
def post_undoing(_body: dict[str, Any], change_id: int) -> Change:
    """Take a cheap change back within ten minutes; by the person who made it."""
    session, change = db.session(), _load(change_id)
    offer = find_undo_offer(session, change)
    if offer is None:
        raise NotFound(_l("There is nothing to undo here."))
    take_back(session, offer, actor=current_actor())
    return change


@blp.route("/subscriptions/<int:subscription_id>/cancel", methods=["POST"])
@requires(Permission.CHANGE_REQUEST)
@blp.arguments(CancelSaleBodySchema)
@blp.response(200, ChangedSubscriptionSchema)
@blp.alt_response(409, description=REFUSALS)
@writes(ChangedSubscriptionSchema)
def post_subscription_cancellation(body: dict[str, Any], subscription_id: int) -> Changed:
    """Ask for the cancellation of a subscription agreement; a draft of its contract is discarded with it."""
    return _change_subscription(subscription_id, ChangeKind.CANCELLATION, body)


@blp.route("/subscriptions/<int:subscription_id>/extend", methods=["POST"])
@requires(Permission.CHANGE_REQUEST)
@blp.arguments(ExtendSigningBodySchema)
@blp.response(200, ChangedSubscriptionSchema)
@blp.alt_response(409, description=REFUSALS)
@writes(ChangedSubscriptionSchema)
def post_subscription_extension(body: dict[str, Any], subscription_id: int) -> Changed:
    """Ask for a later last day for signing the contract."""
    return _change_subscription(subscription_id, ChangeKind.EXTENSION, body)


@blp.route("/contracts/<int:contract_id>/cancel", methods=["POST"])
@requires(Permission.CHANGE_REQUEST)
@blp.arguments(CancelContractBodySchema)
@blp.response(200, ChangedContractSchema)
@blp.alt_response(409, description=REFUSALS)
@writes(ChangedContractSchema)
def post_contract_cancellation(body: dict[str, Any], contract_id: int) -> Changed:
    """Discard the draft of a contract (by the manager), or ask for the cancellation of the sale."""
    session, actor = db.session(), current_actor()
    contract = get_contract(session, contract_id)
    authorise(contract.project_id)
    if contract.state is not ContractState.DRAFT:
        _check_in_force(contract.state not in ENDED_CONTRACTS, contract.state.label)
        change = _ask(contract.deal, ChangeKind.CANCELLATION, body)
        session.refresh(contract)
        return Changed(contract, change)
    if not actor.can(Permission.SUBSCRIPTION_CANCEL, contract.project_id):
        raise not_allowed()
    reason = body["entry"].reason
    discarded = cancel_contract(
        session, contract, actor=actor, reason=reason, is_form_spoilt=body["form_spoilt"]
    )
    return Changed(discarded, None)


def _change_subscription(subscription_id: int, kind: ChangeKind, body: Mapping[str, Any]) -> Changed:
    session = db.session()
    subscription = get_subscription(session, subscription_id)
    authorise(subscription.project_id)
    _check_in_force(subscription.state is SubscriptionState.ACTIVE, subscription.state.label)
    change = _ask(subscription.deal, kind, body)
    session.refresh(subscription)
    return Changed(subscription, change)


def _check_in_force(is_in_force: bool, state: Text) -> None:
    """Refuse an older document of the sale: the change would be about the one in force."""
    if not is_in_force:
        raise WrongState(_l("This document is no longer in force: %(state)s.", state=state))


def _ask(deal: Deal, kind: ChangeKind, body: Mapping[str, Any]) -> Change:
    return request_change(
        db.session(), deal, actor=current_actor(), kind=kind, terms=body["terms"], entry=body["entry"]
    )


def _load_deal(deal_id: int) -> Deal:
    deal = get_deal(db.session(), deal_id)
    authorise(deal.project_id)
    return deal


def _load(change_id: int) -> Change:
    change = get_change(db.session(), change_id)
    authorise(change.project_id)
    if not may_view_change(current_actor(), change):
        raise not_allowed()
    return change
