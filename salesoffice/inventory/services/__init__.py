"""The verbs of inventory: placing, adding, changing, releasing and withholding units; permits; unit types."""

from salesoffice.inventory.services.areas import AreaDraft, record_areas
from salesoffice.inventory.services.permits import PermitNumberTaken, add_permit
from salesoffice.inventory.services.places import ensure_places, ensure_unit_types, lock_project
from salesoffice.inventory.services.releases import (
    BulkResult,
    release_unit,
    release_units,
    withhold_unit,
    withhold_units,
)
from salesoffice.inventory.services.structure import (
    FloorPlanInvalid,
    add_phase,
    assign_phase,
    describe_unit_type,
    set_floor_plan,
)
from salesoffice.inventory.services.units import (
    UnitDetails,
    UnitDraft,
    add_units,
    confirm_label,
    edit_unit,
    move_units,
)

__all__ = [
    "AreaDraft",
    "BulkResult",
    "FloorPlanInvalid",
    "PermitNumberTaken",
    "UnitDetails",
    "UnitDraft",
    "add_permit",
    "add_phase",
    "add_units",
    "assign_phase",
    "confirm_label",
    "describe_unit_type",
    "edit_unit",
    "ensure_places",
    "ensure_unit_types",
    "lock_project",
    "move_units",
    "record_areas",
    "release_unit",
    "release_units",
    "set_floor_plan",
    "withhold_unit",
    "withhold_units",
]
