"""The verbs of changes of a sale."""

from salesoffice.changes.services.handling import ChangeEntry
from salesoffice.changes.services.requesting import (
    Preview,
    apply_change,
    plan_change,
    reject_change,
    request_change,
    undo_change,
    withdraw_change,
)

__all__ = [
    "ChangeEntry",
    "Preview",
    "apply_change",
    "plan_change",
    "reject_change",
    "request_change",
    "undo_change",
    "withdraw_change",
]
