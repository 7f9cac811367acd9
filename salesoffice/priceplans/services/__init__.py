"""Plans: making, changing, copying, closing; making a version of one."""

from salesoffice.priceplans.services.changes import (
    NothingToUndo,
    PlanChangedMeanwhile,
    PlanClosed,
    change_plan,
    undo_change,
)
from salesoffice.priceplans.services.edits import Adjusted, CellName, PlanEdit
from salesoffice.priceplans.services.plans import (
    PlanDetails,
    PlanNameTaken,
    close_plan,
    copy_plan,
    create_plan,
)
from salesoffice.priceplans.services.solving import (
    accept_solution,
    build_edit,
    find_solution,
    moves_coefficient,
)
from salesoffice.priceplans.services.versions import PricesChangedMeanwhile, make_version

__all__ = [
    "Adjusted",
    "CellName",
    "NothingToUndo",
    "PlanChangedMeanwhile",
    "PlanClosed",
    "PlanDetails",
    "PlanEdit",
    "PlanNameTaken",
    "PricesChangedMeanwhile",
    "accept_solution",
    "build_edit",
    "change_plan",
    "close_plan",
    "copy_plan",
    "create_plan",
    "find_solution",
    "make_version",
    "moves_coefficient",
    "undo_change",
]
