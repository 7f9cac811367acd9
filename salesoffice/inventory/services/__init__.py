"""The verbs of inventory: placing, adding, changing, releasing and withholding units; permits; unit types."""

from salesoffice.inventory.services.areas import (
    AreaDraft,
    enter_areas,
    record_areas,
)
from salesoffice.inventory.services.batches import (
    BatchEmpty,
    BatchNameTaken,
    UnitsInOtherBatch,
    add_batch,
    call_off_batch,
    launch_batch,
    plan_batch,
    put_into_batch,
    take_out_of_batch,
)
from salesoffice.inventory.services.bulk import BulkOutdated, BulkPlan, UnitChange, edit_units, plan_bulk_edit
from salesoffice.inventory.services.generation import (
    GenerationOutdated,
    GenerationPlan,
    RoomsExist,
    generate_building,
    plan_building,
)
from salesoffice.inventory.services.overlays import OverlayStands, lift_overlay, place_overlay
from salesoffice.inventory.services.permits import PermitNumberTaken, add_permit, publish_permit
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
    set_section_plan,
)
from salesoffice.inventory.services.surveys import check_areas, refuse_areas
from salesoffice.inventory.services.undoing import BulkEdit, get_bulk_edit, undo_bulk_edit
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
    "BatchEmpty",
    "BatchNameTaken",
    "BulkEdit",
    "BulkOutdated",
    "BulkPlan",
    "BulkResult",
    "FloorPlanInvalid",
    "GenerationOutdated",
    "GenerationPlan",
    "OverlayStands",
    "PermitNumberTaken",
    "RoomsExist",
    "UnitChange",
    "UnitDetails",
    "UnitDraft",
    "UnitsInOtherBatch",
    "add_batch",
    "add_permit",
    "add_phase",
    "add_units",
    "assign_phase",
    "call_off_batch",
    "check_areas",
    "confirm_label",
    "describe_unit_type",
    "edit_unit",
    "edit_units",
    "ensure_places",
    "ensure_unit_types",
    "enter_areas",
    "generate_building",
    "get_bulk_edit",
    "launch_batch",
    "lift_overlay",
    "lock_project",
    "move_units",
    "place_overlay",
    "plan_batch",
    "plan_building",
    "plan_bulk_edit",
    "publish_permit",
    "put_into_batch",
    "record_areas",
    "refuse_areas",
    "release_unit",
    "release_units",
    "set_floor_plan",
    "set_section_plan",
    "take_out_of_batch",
    "undo_bulk_edit",
    "withhold_unit",
    "withhold_units",
]
