"""What a cell of the board looks like, what an event in the story of a unit has to do with, what the public is told."""

from collections.abc import Mapping
from types import MappingProxyType

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


class PublicState(LabelledEnum):
    """The state of a unit in words for everybody, on the public price page."""

    ON_SALE = "on_sale", _l("On sale")
    RESERVED = "reserved", _l("Reserved")
    SUBSCRIBED = "subscribed", _l("Subscribed")
    SOLD = "sold", _l("Sold")
    NOT_ON_SALE = "not_on_sale", _l("Not on sale at present")


PUBLIC_STATES: Mapping[UnitState, PublicState] = MappingProxyType(
    {
        UnitState.AVAILABLE: PublicState.ON_SALE,
        UnitState.HELD: PublicState.RESERVED,
        UnitState.PROVISIONAL: PublicState.RESERVED,
        UnitState.SUBSCRIBED: PublicState.SUBSCRIBED,
        UnitState.CONTRACTED: PublicState.SOLD,
        UnitState.SIGNED_ONLINE: PublicState.SOLD,
        UnitState.FILED: PublicState.SOLD,
        UnitState.DELIVERED: PublicState.SOLD,
        UnitState.WITHHELD: PublicState.NOT_ON_SALE,
    }
)
"""What the public is told of each state. Unreleased units are not shown; nothing is called sold that is not."""
