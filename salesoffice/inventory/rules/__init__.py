"""Decisions of the inventory."""

from salesoffice.inventory.rules.alternatives import Alternative, Candidate, find_alternatives
from salesoffice.inventory.rules.codes import UnitKey, assign_unit_codes, build_unit_code
from salesoffice.inventory.rules.units import (
    AREA_TOLERANCE,
    Place,
    PlaceIds,
    is_area_sum_right,
    product_of_usage,
)

__all__ = [
    "AREA_TOLERANCE",
    "Alternative",
    "Candidate",
    "Place",
    "PlaceIds",
    "UnitKey",
    "assign_unit_codes",
    "build_unit_code",
    "find_alternatives",
    "is_area_sum_right",
    "product_of_usage",
]
