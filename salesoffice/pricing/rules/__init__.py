"""Decisions about prices: ordered discounts, the basis of a total, the layers of prices. All amounts are fen."""

from salesoffice.pricing.rules.discounts import (
    DiscountInvalid,
    DiscountStep,
    DiscountTooLarge,
    StepResult,
    apply_discounts,
)
from salesoffice.pricing.rules.layers import (
    AboveFiledPrice,
    AboveListPrice,
    BelowFloorPrice,
    PriceLayers,
    check_price_layers,
)
from salesoffice.pricing.rules.totals import (
    PriceDraft,
    PriceTotals,
    infer_basis,
    is_price_possible,
    sum_prices,
    unit_price_by_basis,
)

__all__ = [
    "AboveFiledPrice",
    "AboveListPrice",
    "BelowFloorPrice",
    "DiscountInvalid",
    "DiscountStep",
    "DiscountTooLarge",
    "PriceDraft",
    "PriceLayers",
    "PriceTotals",
    "StepResult",
    "apply_discounts",
    "check_price_layers",
    "infer_basis",
    "is_price_possible",
    "sum_prices",
    "unit_price_by_basis",
]
