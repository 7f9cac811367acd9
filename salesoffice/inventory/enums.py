"""Release axis and products."""

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
    COMMERCIAL = "commercial", _l("Shop / office")
    PARKING = "parking", _l("Parking")
