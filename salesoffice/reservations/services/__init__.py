"""The verbs of holds and subscription agreements."""

from salesoffice.reservations.services.changes import (
    cancel_subscription,
)
from salesoffice.reservations.services.expiring import expire_hold_of, expire_holds
from salesoffice.reservations.services.holds import (
    extend_hold,
    offer_unit,
    place_hold,
    release_hold,
)
from salesoffice.reservations.services.offers import Offer, PriceTerms, SubscriptionTerms, build_offer
from salesoffice.reservations.services.provisional import cancel_provisional, sign_provisional
from salesoffice.reservations.services.signing import sign_subscription
from salesoffice.reservations.services.waiting import (
    join_waiting_list,
    leave_waiting_list,
    list_offerable_unit_ids,
    settle_offers,
)

__all__ = [
    "Offer",
    "PriceTerms",
    "SubscriptionTerms",
    "build_offer",
    "cancel_provisional",
    "cancel_subscription",
    "expire_hold_of",
    "expire_holds",
    "extend_hold",
    "join_waiting_list",
    "leave_waiting_list",
    "list_offerable_unit_ids",
    "offer_unit",
    "place_hold",
    "release_hold",
    "settle_offers",
    "sign_provisional",
    "sign_subscription",
]
