"""Release axis, products, editions of areas, legal overlays, release batches."""

from collections.abc import Mapping
from types import MappingProxyType

from flask_babel import lazy_gettext as _l

from salesoffice.core.labels import LabelledEnum


class ReleaseState(LabelledEnum):
    """Whether management has put the unit on sale; independent of any claim."""

    UNRELEASED = "unreleased", _l("Unreleased")
    RELEASED = "released", _l("Released")
    WITHHELD = "withheld", _l("Withheld")


class Product(LabelledEnum):
    """What the daily log counts separately."""

    RESIDENTIAL = "residential", _l("Residential")
    COMMERCIAL = "commercial", _l("Shop")
    OFFICE = "office", _l("Office space")
    PARKING = "parking", _l("Parking")
    STORAGE = "storage", _l("Storage")


class ProductGroup(LabelledEnum):
    """The three groups in which the daily log and the statistics count products."""

    RESIDENTIAL = "residential", _l("Residential")
    COMMERCIAL = "commercial", _l("Shop / office")
    PARKING = "parking", _l("Parking / storage")


PRODUCT_GROUPS: Mapping[Product, ProductGroup] = MappingProxyType(
    {
        Product.RESIDENTIAL: ProductGroup.RESIDENTIAL,
        Product.COMMERCIAL: ProductGroup.COMMERCIAL,
        Product.OFFICE: ProductGroup.COMMERCIAL,
        Product.PARKING: ProductGroup.PARKING,
        Product.STORAGE: ProductGroup.PARKING,
    }
)
"""In which group each product is counted."""

ACCESSORY_PRODUCTS = frozenset({Product.PARKING, Product.STORAGE})
"""What can be sold bound to the deal of a flat."""


class AreaEdition(LabelledEnum):
    """Which measuring an area comes from, the earliest first."""

    ESTIMATED = "estimated", _l("Estimated")
    PRESALE = "presale", _l("Pre-sale survey")
    FINAL = "final", _l("Final survey")


class OverlayKind(LabelledEnum):
    """A legal overlay: while it stands the unit takes no new claim."""

    MORTGAGED = "mortgaged", _l("Mortgaged")
    SEIZED = "seized", _l("Seized")
    RESTRICTED = "restricted", _l("Restricted")


class BatchState(LabelledEnum):
    """Life of a release batch; its numbers are frozen when it is launched."""

    PLANNED = "planned", _l("Planned")
    LAUNCHED = "launched", _l("Launched")
    CANCELLED = "cancelled", _l("Called off")


class SkippedFloors(LabelledEnum):
    """How a house without certain floor numbers shows its floors."""

    LEAVE_OUT = "leave_out", _l("Count on past them (the 4th floor is shown as 5)")
    RELABEL = "relabel", _l("Show them with a letter (4 as 3A, 13 as 12A)")


class NumberingShape(LabelledEnum):
    """How the rooms of a building are numbered from section, shown floor and line."""

    FLOOR_LINE = "floor_line", _l("Floor and two digits: 1801")
    FLOOR_LETTER = "floor_letter", _l("Floor and letter: 18A")
    SECTION_FLOOR_LINE = "section_floor_line", _l("Section, floor and two digits: 1-1801")
    FLOOR_DASH_LINE = "floor_dash_line", _l("Floor, dash and two digits: 18-01")
    LINE = "line", _l("Only the line: 01, shop names, parking spaces")
