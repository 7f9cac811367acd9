"""Pages of price plans."""

from salesoffice.priceplans.views.blueprint import bp

__all__ = ["bp"]
