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


class SubscriptionState(LabelledEnum):
    """Life of a subscription agreement."""

    ACTIVE = "active", _l("Active")
    CONVERTED = "converted", _l("Converted to a contract")
    CANCELLED = "cancelled", _l("Subscription cancelled")


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
        WaitingState.WITHDRAWN: frozenset(),
    }
)
"""From which state a place on the waiting list may go to which."""

SUBSCRIPTION_STEPS: Mapping[SubscriptionState, frozenset[SubscriptionState]] = MappingProxyType(
    {
        SubscriptionState.ACTIVE: frozenset({SubscriptionState.CONVERTED, SubscriptionState.CANCELLED}),
        SubscriptionState.CONVERTED: frozenset(),
        SubscriptionState.CANCELLED: frozenset(),
    }
)
"""From which state a subscription agreement may go to which."""
