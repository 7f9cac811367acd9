"""The verbs of holds and subscription agreements."""

from salesoffice.reservations.services.changes import (
    attach_agreement,
    cancel_subscription,
    extend_subscription,
)
from salesoffice.reservations.services.holds import expire_holds, extend_hold, place_hold, release_hold
from salesoffice.reservations.services.offers import Offer, SubscriptionTerms, build_offer
from salesoffice.reservations.services.signing import sign_subscription

__all__ = [
    "Offer",
    "SubscriptionTerms",
    "attach_agreement",
    "build_offer",
    "cancel_subscription",
    "expire_holds",
    "extend_hold",
    "extend_subscription",
    "place_hold",
    "release_hold",
    "sign_subscription",
]
