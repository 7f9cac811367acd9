"""Decisions of the inventory."""

from salesoffice.inventory.rules.units import (
    AREA_TOLERANCE,
    Place,
    PlaceIds,
    is_area_sum_right,
    product_of_usage,
)

__all__ = ["AREA_TOLERANCE", "Place", "PlaceIds", "is_area_sum_right", "product_of_usage"]
