"""Reading accounts, receipts, refunds, what is overdue, and what does not add up."""

from salesoffice.payments.queries.accounts import (
    COUNTED_STATES,
    AccountBalance,
    AccountReport,
    InstalmentStanding,
    balance,
    confirmed_amount,
    get_account,
    get_receipt,
    get_refund,
    list_instalments,
    list_receipts,
    list_refunds,
    report_account,
)
from salesoffice.payments.queries.breaches import find_breaches
from salesoffice.payments.queries.receivables import (
    AgeBand,
    Receivable,
    age_receivables,
    list_receivables,
    overdue_accounts,
)

__all__ = [
    "COUNTED_STATES",
    "AccountBalance",
    "AccountReport",
    "AgeBand",
    "InstalmentStanding",
    "Receivable",
    "age_receivables",
    "balance",
    "confirmed_amount",
    "find_breaches",
    "get_account",
    "get_receipt",
    "get_refund",
    "list_instalments",
    "list_receipts",
    "list_receivables",
    "list_refunds",
    "overdue_accounts",
    "report_account",
]
