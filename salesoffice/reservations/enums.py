"""States of holds, subscription agreements and places on the waiting list."""

from collections.abc import Mapping
from types import MappingProxyType

from flask_babel import lazy_gettext as _l

from salesoffice.core.labels import LabelledEnum


class HoldState(LabelledEnum):
    """Life of a hold."""

    OPEN = "open", _l("Holding")
    RELEASED = "released", _l("Hold released")
    EXPIRED = "expired", _l("Expired")
    CONVERTED = "converted", _l("Converted to a subscription")


class ProvisionalState(LabelledEnum):
    """Life of a provisional order."""

    OPEN = "open", _l("Ordered")
    CONVERTED = "converted", _l("Converted to a subscription")
    CANCELLED = "cancelled", _l("Order cancelled")
    EXPIRED = "expired", _l("Expired")


class SubscriptionState(LabelledEnum):
    """Life of a subscription agreement."""

    ACTIVE = "active", _l("Active")
    CONVERTED = "converted", _l("Converted to a contract")
    CANCELLED = "cancelled", _l("Subscription cancelled")
    SWAPPED = "swapped", _l("Swapped for another unit")
    FORFEITED = "forfeited", _l("Forfeited")
    VOID = "void", _l("Void, entered by mistake")


class WaitingState(LabelledEnum):
    """Life of a place on the waiting list behind a unit."""

    WAITING = "waiting", _l("Waiting")
    OFFERED = "offered", _l("Offered")
    TAKEN = "taken", _l("Taken")
    LAPSED = "lapsed", _l("Offer lapsed")
    WITHDRAWN = "withdrawn", _l("Withdrawn")


HOLD_STEPS: Mapping[HoldState, frozenset[HoldState]] = MappingProxyType(
    {
        HoldState.OPEN: frozenset({HoldState.RELEASED, HoldState.EXPIRED, HoldState.CONVERTED}),
        HoldState.RELEASED: frozenset(),
        HoldState.EXPIRED: frozenset(),
        HoldState.CONVERTED: frozenset(),
    }
)
"""From which state a hold may go to which."""

WAITING_STEPS: Mapping[WaitingState, frozenset[WaitingState]] = MappingProxyType(
    {
        WaitingState.WAITING: frozenset({WaitingState.OFFERED, WaitingState.TAKEN, WaitingState.WITHDRAWN}),
        WaitingState.OFFERED: frozenset({WaitingState.TAKEN, WaitingState.LAPSED, WaitingState.WITHDRAWN}),
        WaitingState.TAKEN: frozenset(),
        WaitingState.LAPSED: frozenset(),
        WaitingState.WITHDRAWN: frozenset({WaitingState.WAITING}),
    }
)
"""From which state a place on the waiting list may go to which; back to waiting only by undoing the leaving."""

SUBSCRIPTION_STEPS: Mapping[SubscriptionState, frozenset[SubscriptionState]] = MappingProxyType(
    {
        SubscriptionState.ACTIVE: frozenset(
            {
                SubscriptionState.CONVERTED,
                SubscriptionState.CANCELLED,
                SubscriptionState.SWAPPED,
                SubscriptionState.FORFEITED,
                SubscriptionState.VOID,
            }
        ),
        SubscriptionState.CONVERTED: frozenset({SubscriptionState.SWAPPED, SubscriptionState.FORFEITED}),
        SubscriptionState.CANCELLED: frozenset(),
        SubscriptionState.SWAPPED: frozenset(),
        SubscriptionState.FORFEITED: frozenset(),
        SubscriptionState.VOID: frozenset(),
    }
)
"""From which state a subscription agreement may go to which."""

PROVISIONAL_STEPS: Mapping[ProvisionalState, frozenset[ProvisionalState]] = MappingProxyType(
    {
        ProvisionalState.OPEN: frozenset(ProvisionalState) - {ProvisionalState.OPEN},
        ProvisionalState.CONVERTED: frozenset(),
        ProvisionalState.CANCELLED: frozenset(),
        ProvisionalState.EXPIRED: frozenset(),
    }
)
"""From which state a provisional order may go to which."""

OPEN_SUBSCRIPTIONS = frozenset({SubscriptionState.ACTIVE, SubscriptionState.CONVERTED})
"""States of an agreement that is still in force, itself or through its contract."""
