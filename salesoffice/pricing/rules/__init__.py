"""Decisions about prices: ordered discounts, the basis of a total, the layers of prices, sanity, who approves. All amounts are fen."""

from salesoffice.pricing.rules.approval import (
    UNLIMITED_APPROVERS,
    largest_move,
    may_approve,
    move_rate,
)
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
from salesoffice.pricing.rules.listing import (
    LineProblem,
    Listing,
    read_listing,
    write_listing,
)
from salesoffice.pricing.rules.sanity import (
    CheckedUnit,
    Finding,
    Limits,
    RuleRates,
    check_filing,
    check_prices,
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
    "UNLIMITED_APPROVERS",
    "AboveFiledPrice",
    "AboveListPrice",
    "BelowFloorPrice",
    "CheckedUnit",
    "DiscountInvalid",
    "DiscountStep",
    "DiscountTooLarge",
    "Finding",
    "Limits",
    "LineProblem",
    "Listing",
    "PriceDraft",
    "PriceLayers",
    "PriceTotals",
    "RuleRates",
    "StepResult",
    "apply_discounts",
    "check_filing",
    "check_price_layers",
    "check_prices",
    "infer_basis",
    "is_price_possible",
    "largest_move",
    "may_approve",
    "move_rate",
    "read_listing",
    "sum_prices",
    "unit_price_by_basis",
    "write_listing",
]
