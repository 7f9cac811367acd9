"""Pages of pricing."""

from salesoffice.pricing.views import limits, public, sheets, versions
from salesoffice.pricing.views.blueprint import bp

__all__ = ["bp", "limits", "public", "sheets", "versions"]
