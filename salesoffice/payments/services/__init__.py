"""The verbs of money: accounts, receipts, refunds."""

from salesoffice.payments.services.accounts import end_account, open_account
from salesoffice.payments.services.carrying import (
    carry_over,
    carry_to_deposit,
    list_carriable,
    open_earnest_account,
    price_account,
)
from salesoffice.payments.services.receipts import (
    check_printable,
    check_reason,
    confirm_receipt,
    keep_document,
    record_receipt,
    refuse_receipt,
)
from salesoffice.payments.services.refunds import approve_refund, reject_refund, request_refund
from salesoffice.payments.services.rescheduling import reopen_account, reschedule, settle
from salesoffice.payments.services.reversing import reverse_receipt

__all__ = [
    "approve_refund",
    "carry_over",
    "carry_to_deposit",
    "check_printable",
    "check_reason",
    "confirm_receipt",
    "end_account",
    "keep_document",
    "list_carriable",
    "open_account",
    "open_earnest_account",
    "price_account",
    "record_receipt",
    "refuse_receipt",
    "reject_refund",
    "reopen_account",
    "request_refund",
    "reschedule",
    "reverse_receipt",
    "settle",
]
