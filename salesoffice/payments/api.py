"""JSON API of accounts, receipts and refunds."""

from typing import Any

from salesoffice.core import clock
from salesoffice.core.permissions import Permission
from salesoffice.infra.db import db
from salesoffice.payments.models import Receipt, Refund
from salesoffice.payments.queries import (
    AccountReport,
    get_account,
    get_receipt,
    get_refund,
    report_account,
)
from salesoffice.payments.schemas import (
    AccountSchema,
    CommentSchema,
    NoEntriesSchema,
    ReasonSchema,
    ReceiptBodySchema,
    ReceiptSchema,
    RefundBodySchema,
    RefundSchema,
    ReversedReceiptSchema,
)
from salesoffice.payments.services import (
    approve_refund,
    carry_to_deposit,
    confirm_receipt,
    record_receipt,
    refuse_receipt,
    reject_refund,
    request_refund,
    reverse_receipt,
)
from salesoffice.webkit.access import authorise, current_actor, requires
from salesoffice.webkit.api import make_blueprint, writes

blp = make_blueprint("payments", "Accounts, receipts and refunds")


@blp.route("/accounts/<int:account_id>")
@requires(Permission.DEAL_VIEW_ALL)
@blp.response(200, AccountSchema)
@blp.alt_response(404, description="not_found")
def show_account(account_id: int) -> AccountReport:
    """Return an account with its schedule, receipts and refunds as of today."""
    account = get_account(db.session(), account_id)
    authorise(account.project_id)
    return report_account(db.session(), account, clock.business_today())


@blp.route("/receipts", methods=["POST"])
@requires(Permission.RECEIPT_RECORD)
@blp.arguments(ReceiptBodySchema)
@blp.response(201, ReceiptSchema)
@blp.alt_response(409, description="wrong_state (the deal has ended), receipt_duplicate")
@writes(ReceiptSchema, 201)
def post_receipt(body: dict[str, Any]) -> Receipt:
    """Record money that reached the office; it counts once another person confirms it."""
    account = get_account(db.session(), body["account_id"])
    authorise(account.project_id)
    return record_receipt(
        db.session(),
        account,
        actor=current_actor(),
        kind=body["kind"],
        method=body["method"],
        amount=body["amount_fen"],
        received_on=body["received_on"],
        slip_no=body["slip_no"],
        payer=body["payer"],
    )


@blp.route("/receipts/<int:receipt_id>/confirm", methods=["POST"])
@requires(Permission.RECEIPT_CONFIRM)
@blp.arguments(NoEntriesSchema)
@blp.response(200, ReceiptSchema)
@blp.alt_response(409, description="self_approval, wrong_state")
@writes(ReceiptSchema)
def post_confirmation(_body: dict[str, Any], receipt_id: int) -> Receipt:
    """Confirm that the money arrived; it pays the oldest amounts due."""
    return confirm_receipt(db.session(), _load_receipt(receipt_id), actor=current_actor())


@blp.route("/receipts/<int:receipt_id>/refuse", methods=["POST"])
@requires(Permission.RECEIPT_CONFIRM)
@blp.arguments(ReasonSchema)
@blp.response(200, ReceiptSchema)
@blp.alt_response(409, description="wrong_state")
@writes(ReceiptSchema)
def post_refusal(body: dict[str, Any], receipt_id: int) -> Receipt:
    """Refuse a recorded receipt because the money is not there."""
    return refuse_receipt(
        db.session(), _load_receipt(receipt_id), actor=current_actor(), reason=body["reason"]
    )


@blp.route("/receipts/<int:receipt_id>/reverse", methods=["POST"])
@requires(Permission.RECEIPT_REVERSE)
@blp.arguments(ReasonSchema)
@blp.response(200, ReversedReceiptSchema)
@blp.alt_response(409, description="wrong_state, money_paid_back")
@writes(ReversedReceiptSchema)
def post_reversal(body: dict[str, Any], receipt_id: int) -> dict[str, object]:
    """Reverse a confirmed receipt by a new one with the negative amount."""
    receipt = _load_receipt(receipt_id)
    reversal = reverse_receipt(db.session(), receipt, actor=current_actor(), reason=body["reason"])
    return {"receipt": receipt, "reversal": reversal}


@blp.route("/receipts/<int:receipt_id>/carry-over", methods=["POST"])
@requires(Permission.RECEIPT_RECORD)
@blp.arguments(ReasonSchema)
@blp.response(201, ReceiptSchema)
@blp.alt_response(409, description="wrong_state (not confirmed, or no earnest money of a deal with a price)")
@writes(ReceiptSchema, 201)
def post_carrying(body: dict[str, Any], receipt_id: int) -> Receipt:
    """Make confirmed earnest money of a deal with a price its deposit; answers with the new receipt."""
    receipt = _load_receipt(receipt_id)
    return carry_to_deposit(db.session(), receipt, actor=current_actor(), reason=body["reason"])


@blp.route("/refunds", methods=["POST"])
@requires(Permission.REFUND_REQUEST)
@blp.arguments(RefundBodySchema)
@blp.response(201, RefundSchema)
@blp.alt_response(409, description="refund_too_high, refund_duplicate")
@writes(RefundSchema, 201)
def post_refund(body: dict[str, Any]) -> Refund:
    """Ask to give money back; a second person decides."""
    account = get_account(db.session(), body["account_id"])
    authorise(account.project_id)
    return request_refund(
        db.session(), account, actor=current_actor(), amount=body["amount_fen"], reason=body["reason"]
    )


@blp.route("/refunds/<int:refund_id>/approve", methods=["POST"])
@requires(Permission.REFUND_APPROVE)
@blp.arguments(CommentSchema)
@blp.response(200, RefundSchema)
@blp.alt_response(409, description="self_approval, wrong_state, refund_too_high")
@writes(RefundSchema)
def post_approval(body: dict[str, Any], refund_id: int) -> Refund:
    """Approve a refund; never by the person who asked."""
    return approve_refund(
        db.session(), _load_refund(refund_id), actor=current_actor(), comment=body["comment"]
    )


@blp.route("/refunds/<int:refund_id>/reject", methods=["POST"])
@requires(Permission.REFUND_APPROVE)
@blp.arguments(ReasonSchema)
@blp.response(200, RefundSchema)
@blp.alt_response(409, description="self_approval, wrong_state")
@writes(RefundSchema)
def post_rejection(body: dict[str, Any], refund_id: int) -> Refund:
    """Reject a refund with a reason; never by the person who asked."""
    return reject_refund(db.session(), _load_refund(refund_id), actor=current_actor(), reason=body["reason"])


def _load_receipt(receipt_id: int) -> Receipt:
    receipt = get_receipt(db.session(), receipt_id)
    authorise(receipt.project_id)
    return receipt


def _load_refund(refund_id: int) -> Refund:
    refund = get_refund(db.session(), refund_id)
    authorise(refund.project_id)
    return refund
