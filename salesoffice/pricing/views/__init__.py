"""Pages of pricing."""

from salesoffice.pricing.views import sheets
from salesoffice.pricing.views.blueprint import bp

__all__ = ["bp", "sheets"]
