"""The verbs of money: accounts, receipts, refunds."""

from salesoffice.payments.services.accounts import end_account, open_account
from salesoffice.payments.services.receipts import (
    check_printable,
    check_reason,
    confirm_receipt,
    keep_document,
    record_receipt,
    refuse_receipt,
    reverse_receipt,
)
from salesoffice.payments.services.refunds import approve_refund, reject_refund, request_refund
from salesoffice.payments.services.rescheduling import reopen_account, reschedule, settle

__all__ = [
    "approve_refund",
    "check_printable",
    "check_reason",
    "confirm_receipt",
    "end_account",
    "keep_document",
    "open_account",
    "record_receipt",
    "refuse_receipt",
    "reject_refund",
    "reopen_account",
    "request_refund",
    "reschedule",
    "reverse_receipt",
    "settle",
]
