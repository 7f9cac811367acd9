"""The verbs of pricing: every change of prices is a new version, the old one stays as it was."""

from salesoffice.pricing.services.publishing import (
    PricesMissing,
    publish_prices,
)
from salesoffice.pricing.services.versions import (
    PricesUnchanged,
    PricesUnsound,
    draft_version,
    return_version,
    revert_to,
    submit_version,
    withdraw_version,
)

__all__ = [
    "PricesMissing",
    "PricesUnchanged",
    "PricesUnsound",
    "draft_version",
    "publish_prices",
    "return_version",
    "revert_to",
    "submit_version",
    "withdraw_version",
]
