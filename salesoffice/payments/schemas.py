"""Shapes of accounts, receipts and refunds in the JSON API: money is integer fen, days are YYYY-MM-DD."""

from typing import Any

from marshmallow import Schema, fields, validate

from salesoffice.core.money import MAX_AMOUNT
from salesoffice.core.permissions import Permission
from salesoffice.core.text import mask_name
from salesoffice.payments.enums import (
    RECORDABLE_METHODS,
    AccountKind,
    AccountState,
    InstalmentKind,
    PaymentMethod,
    PlanKind,
    ReceiptKind,
    ReceiptState,
    RefundState,
)
from salesoffice.webkit.access import current_actor

_LARGEST_ID = 2**31 - 1
_MOMENT = "%Y-%m-%dT%H:%M:%SZ"
_STANDINGS = ("paid", "overdue", "partly_paid", "open")


def _account_id() -> fields.Integer:
    return fields.Integer(strict=True, required=True, validate=validate.Range(1, _LARGEST_ID))


def _amount() -> fields.Integer:
    return fields.Integer(strict=True, required=True, validate=validate.Range(1, MAX_AMOUNT))


def _show_name(name: str, project_id: int) -> str:
    """Return a name as the caller may read it."""
    return name if current_actor().can(Permission.CUSTOMER_VIEW, project_id) else mask_name(name)


class ReceiptBodySchema(Schema):
    """Money that reached the office."""

    account_id = _account_id()
    kind = fields.Enum(ReceiptKind, by_value=True, required=True)
    amount_fen = _amount()
    method = fields.Enum(
        PaymentMethod, by_value=True, required=True, validate=validate.OneOf(RECORDABLE_METHODS)
    )
    received_on = fields.Date(required=True)
    slip_no = fields.String(load_default="", validate=validate.Length(max=60))
    payer = fields.String(load_default="", validate=validate.Length(max=100))


class NoEntriesSchema(Schema):
    """No further entries."""


class ReasonSchema(Schema):
    """Why."""

    reason = fields.String(required=True, validate=validate.Length(1, 200))


class RefundBodySchema(Schema):
    """Money to give back."""

    account_id = _account_id()
    amount_fen = _amount()
    reason = fields.String(required=True, validate=validate.Length(1, 200))


class CommentSchema(Schema):
    """A word of the person who decides."""

    comment = fields.String(load_default="", validate=validate.Length(max=200))


class InstalmentSchema(Schema):
    """One amount due, and what of it is paid."""

    id = fields.Integer()
    position = fields.Integer()
    kind = fields.Enum(InstalmentKind, by_value=True)
    due_on = fields.Date()
    amount_fen = fields.Integer(attribute="amount")
    paid_fen = fields.Integer(attribute="paid")
    open_fen = fields.Integer(attribute="open_amount")
    is_loan = fields.Boolean()
    state = fields.String(attribute="standing", validate=validate.OneOf(_STANDINGS))
    days_overdue = fields.Integer()


class ReceiptSchema(Schema):
    """A receipt; a reversal has a negative amount and names what it reverses."""

    id = fields.Integer()
    number = fields.String()
    account_id = fields.Integer()
    kind = fields.Enum(ReceiptKind, by_value=True)
    method = fields.Enum(PaymentMethod, by_value=True)
    amount_fen = fields.Integer(attribute="amount")
    received_on = fields.Date()
    slip_no = fields.String()
    payer = fields.Function(
        lambda receipt: _show_name(receipt.payer, receipt.project_id), metadata={"type": "string"}
    )
    state = fields.Enum(ReceiptState, by_value=True)
    recorded_at = fields.DateTime(format=_MOMENT)
    recorded_by_id = fields.Integer()
    confirmed_on = fields.Date(allow_none=True)
    confirmed_by_id = fields.Integer(allow_none=True)
    refused_reason = fields.String()
    reverses_id = fields.Integer(allow_none=True)
    carried_from_id = fields.Integer(allow_none=True)
    reverse_reason = fields.String()


class ReversedReceiptSchema(ReceiptSchema):
    """A reversed receipt with the new one that takes it back."""

    payer = fields.Function(
        lambda pair: _show_name(pair["receipt"].payer, pair["receipt"].project_id),
        metadata={"type": "string"},
    )
    reversal = fields.Nested(ReceiptSchema)

    def get_attribute(self, obj: Any, attr: str, default: Any) -> Any:
        """Read the receipt's fields from `receipt`, the reversal beside it."""
        return obj["reversal"] if attr == "reversal" else super().get_attribute(obj["receipt"], attr, default)


class RefundSchema(Schema):
    """A refund and its decision."""

    id = fields.Integer()
    number = fields.String()
    account_id = fields.Integer()
    amount_fen = fields.Integer(attribute="amount")
    reason = fields.String()
    state = fields.Enum(RefundState, by_value=True)
    requested_at = fields.DateTime(format=_MOMENT)
    requested_by_id = fields.Integer()
    decided_on = fields.Date(allow_none=True)
    decided_by_id = fields.Integer(allow_none=True)
    decision_comment = fields.String()


class AccountSchema(Schema):
    """An account on today's business day. `paid_fen` is confirmed house money that was not given back."""

    id = fields.Integer(attribute="account.id")
    state = fields.Enum(AccountState, by_value=True, attribute="account.state")
    kind = fields.Enum(AccountKind, by_value=True, attribute="account.kind")
    payment_plan = fields.Enum(PlanKind, by_value=True, attribute="account.plan_kind")
    total_fen = fields.Integer(attribute="balance.total")
    due_fen = fields.Integer(attribute="balance.due")
    paid_fen = fields.Integer(attribute="balance.paid")
    overdue_fen = fields.Integer(attribute="balance.overdue")
    outstanding_fen = fields.Integer(attribute="balance.outstanding")
    surplus_fen = fields.Integer(attribute="balance.surplus")
    other_fen = fields.Integer(attribute="balance.other")
    refunded_fen = fields.Integer(attribute="balance.refunded")
    instalments = fields.List(fields.Nested(InstalmentSchema), attribute="balance.instalments")
    receipts = fields.List(fields.Nested(ReceiptSchema))
    refunds = fields.List(fields.Nested(RefundSchema))
