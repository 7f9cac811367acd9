"""What a cell of the board looks like, and what an event in the story of a unit has to do with."""

from flask_babel import lazy_gettext as _l

from salesoffice.core.labels import LabelledEnum
from salesoffice.deals.enums import UnitState
from salesoffice.inventory.enums import OverlayKind


class CellLook(LabelledEnum):
    """The look of a cell: the unit's state, or the legal overlay on a unit without a claim."""

    UNRELEASED = UnitState.UNRELEASED.value, UnitState.UNRELEASED.label
    AVAILABLE = UnitState.AVAILABLE.value, UnitState.AVAILABLE.label
    WITHHELD = UnitState.WITHHELD.value, UnitState.WITHHELD.label
    HELD = UnitState.HELD.value, UnitState.HELD.label
    PROVISIONAL = UnitState.PROVISIONAL.value, UnitState.PROVISIONAL.label
    SUBSCRIBED = UnitState.SUBSCRIBED.value, UnitState.SUBSCRIBED.label
    CONTRACTED = UnitState.CONTRACTED.value, UnitState.CONTRACTED.label
    SIGNED_ONLINE = UnitState.SIGNED_ONLINE.value, UnitState.SIGNED_ONLINE.label
    FILED = UnitState.FILED.value, UnitState.FILED.label
    DELIVERED = UnitState.DELIVERED.value, UnitState.DELIVERED.label
    MORTGAGED = OverlayKind.MORTGAGED.value, OverlayKind.MORTGAGED.label
    SEIZED = OverlayKind.SEIZED.value, OverlayKind.SEIZED.label
    RESTRICTED = OverlayKind.RESTRICTED.value, OverlayKind.RESTRICTED.label


OVERLAY_LOOKS = (CellLook.SEIZED, CellLook.MORTGAGED, CellLook.RESTRICTED)
"""The gravest first: it is shown where several stand."""

UNCLAIMED_STATES = frozenset({UnitState.UNRELEASED, UnitState.AVAILABLE, UnitState.WITHHELD})
"""States over which an overlay shows; a claimed unit keeps the look of its claim."""


class EventKind(LabelledEnum):
    """What an event in the story of a unit has to do with."""

    FACTS = "facts", _l("Facts")
    AREA = "area", _l("Areas")
    OVERLAY = "overlay", _l("Legal notes")
    RELEASE = "release", _l("Release and withholding")
    PRICE = "price", _l("Price")
    HOLD = "hold", _l("Holds")
    SUBSCRIPTION = "subscription", _l("Subscription")
    CONTRACT = "contract", _l("Contract")
    MONEY = "money", _l("Money")
    OTHER = "other", _l("Other")
