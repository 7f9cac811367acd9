"""Pages of discounts and offers."""

from salesoffice.offers.views import making, offers, schemes, tools
from salesoffice.offers.views.blueprint import bp

__all__ = ["bp", "making", "offers", "schemes", "tools"]
