"""Decisions about units: what the daily log counts them as, and whether their figures agree."""

from decimal import Decimal
from typing import NamedTuple

from salesoffice.inventory.enums import Product

AREA_TOLERANCE = Decimal("0.01")
_PARKING_WORDS = ("车位", "车库", "停车")
_STORAGE_WORDS = ("储藏", "储物")
_OFFICE_WORDS = ("办公", "写字楼")
_COMMERCIAL_WORDS = ("商业", "商铺", "店", "仓库", "厂房", "研发", "商务")
_RESIDENTIAL_WORDS = ("住宅", "公寓", "别墅", "宿舍")


class Place(NamedTuple):
    """Where a unit is, in the office's words; an empty text and a number of None mean that it is not known."""

    building: str
    section: str
    floor_label: str
    floor_number: int | None


class PlaceIds(NamedTuple):
    """The rows of a place."""

    building_id: int
    section_id: int
    floor_id: int


def product_of_usage(usage: str) -> Product:
    """Tell what a unit counts as from the word for its usage; an unknown or missing word counts as residential."""
    if any(word in usage for word in _PARKING_WORDS):
        return Product.PARKING
    if any(word in usage for word in _RESIDENTIAL_WORDS):
        return Product.RESIDENTIAL
    if any(word in usage for word in _STORAGE_WORDS):
        return Product.STORAGE
    if any(word in usage for word in _OFFICE_WORDS):
        return Product.OFFICE
    if any(word in usage for word in _COMMERCIAL_WORDS):
        return Product.COMMERCIAL
    return Product.RESIDENTIAL


def is_area_sum_right(gross: Decimal | None, inner: Decimal | None, shared: Decimal | None) -> bool:
    """Tell whether gross = inner + shared to 0.01 m²; true where one of the three is not known."""
    if gross is None or inner is None or shared is None:
        return True
    return abs(inner + shared - gross) <= AREA_TOLERANCE
