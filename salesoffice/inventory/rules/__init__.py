"""Decisions of the inventory."""

from salesoffice.inventory.rules.alternatives import Alternative, Candidate, find_alternatives
from salesoffice.inventory.rules.areas import AREA_LIMIT, AreaChange, compare_areas
from salesoffice.inventory.rules.building_spec import (
    BuildingSpec,
    ExceptionRule,
    LineRule,
    UnitFacts,
    build_room_no,
    parse_lines,
    split_names,
)
from salesoffice.inventory.rules.codes import UnitKey, assign_unit_codes, build_unit_code
from salesoffice.inventory.rules.floors import FloorDraft, label_floors, parse_floors, parse_skipped
from salesoffice.inventory.rules.generation import Generation, UnitDraftRow, build_floors, generate_units
from salesoffice.inventory.rules.units import (
    AREA_TOLERANCE,
    Place,
    PlaceIds,
    is_area_sum_right,
    product_of_usage,
)

__all__ = [
    "AREA_LIMIT",
    "AREA_TOLERANCE",
    "Alternative",
    "AreaChange",
    "BuildingSpec",
    "Candidate",
    "ExceptionRule",
    "FloorDraft",
    "Generation",
    "LineRule",
    "Place",
    "PlaceIds",
    "UnitDraftRow",
    "UnitFacts",
    "UnitKey",
    "assign_unit_codes",
    "build_floors",
    "build_room_no",
    "build_unit_code",
    "compare_areas",
    "find_alternatives",
    "generate_units",
    "is_area_sum_right",
    "label_floors",
    "parse_floors",
    "parse_lines",
    "parse_skipped",
    "product_of_usage",
    "split_names",
]
