"""The verbs of money: accounts, receipts, refunds."""

from salesoffice.payments.services.accounts import end_account, open_account

__all__ = ["end_account", "open_account"]
