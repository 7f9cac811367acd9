"""The verbs of approvals."""

from salesoffice.approvals.services.absences import delegate, revoke_delegation
from salesoffice.approvals.services.asking import Submission, mark_stale, submit_request, withdraw_request
from salesoffice.approvals.services.chains import set_rule, use_usual_chains
from salesoffice.approvals.services.chasing import chase_overdue
from salesoffice.approvals.services.deciding import decide

__all__ = [
    "Submission",
    "chase_overdue",
    "decide",
    "delegate",
    "mark_stale",
    "revoke_delegation",
    "set_rule",
    "submit_request",
    "use_usual_chains",
    "withdraw_request",
]
