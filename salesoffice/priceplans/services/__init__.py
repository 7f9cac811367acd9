"""Plans: making, changing, copying, closing; making a version of one."""

from salesoffice.priceplans.services.changes import (
    Adjusted,
    CellName,
    NothingToUndo,
    PlanChangedMeanwhile,
    PlanClosed,
    PlanEdit,
    change_plan,
    undo_change,
)
from salesoffice.priceplans.services.plans import (
    PlanDetails,
    PlanNameTaken,
    close_plan,
    copy_plan,
    create_plan,
)

__all__ = [
    "Adjusted",
    "CellName",
    "NothingToUndo",
    "PlanChangedMeanwhile",
    "PlanClosed",
    "PlanDetails",
    "PlanEdit",
    "PlanNameTaken",
    "change_plan",
    "close_plan",
    "copy_plan",
    "create_plan",
    "undo_change",
]
