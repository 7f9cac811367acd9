"""Pages of contracts: the two entries, their differences, the steps after them, and how often entries are wrong."""

from salesoffice.contracts.views import checks, contracts, errors
from salesoffice.contracts.views.blueprint import bp

__all__ = ["bp", "checks", "contracts", "errors"]
