"""Pages of approvals."""

from salesoffice.approvals.views import absences, chains, requests
from salesoffice.approvals.views.blueprint import bp

__all__ = ["absences", "bp", "chains", "requests"]
