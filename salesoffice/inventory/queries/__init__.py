"""Finding units, buildings, permits, unit types; and what must never be the case."""

from salesoffice.inventory.queries.permits import (
    PermitRow,
    list_permits,
    list_uncovered_buildings,
)
from salesoffice.inventory.queries.places import (
    BuildingRow,
    count_buildings,
    find_building_ids,
    get_building,
    get_phase,
    get_unit_type,
    list_buildings,
    list_phases,
    list_unit_types,
    load_places,
)
from salesoffice.inventory.queries.units import (
    UnitFilter,
    count_doubts,
    find_area_mismatches,
    find_breaches,
    get_unit,
    get_unit_by_code,
    list_unit_ids,
    select_units,
)

__all__ = [
    "BuildingRow",
    "PermitRow",
    "UnitFilter",
    "count_buildings",
    "count_doubts",
    "find_area_mismatches",
    "find_breaches",
    "find_building_ids",
    "get_building",
    "get_phase",
    "get_unit",
    "get_unit_by_code",
    "get_unit_type",
    "list_buildings",
    "list_permits",
    "list_phases",
    "list_uncovered_buildings",
    "list_unit_ids",
    "list_unit_types",
    "load_places",
    "select_units",
]
