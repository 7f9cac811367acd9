"""The verbs of pricing: every change of prices is a new version, the old one stays as it was."""

from salesoffice.pricing.services.publishing import (
    PricesMissing,
    publish_prices,
)

__all__ = [
    "PricesMissing",
    "publish_prices",
]
