"""The verbs of changes of a sale."""

from salesoffice.changes.services.deciding import (
    apply_change,
    lock_scene,
    reject_change,
    undo_change,
    withdraw_change,
)
from salesoffice.changes.services.handling import ChangeEntry
from salesoffice.changes.services.planning import Preview, plan_change
from salesoffice.changes.services.requesting import request_change
from salesoffice.changes.services.sweeping import forfeit_if_due

__all__ = [
    "ChangeEntry",
    "Preview",
    "apply_change",
    "forfeit_if_due",
    "lock_scene",
    "plan_change",
    "reject_change",
    "request_change",
    "undo_change",
    "withdraw_change",
]
