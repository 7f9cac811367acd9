"""Pages of inventory."""

from salesoffice.inventory.views import doubts, permits, structure, units
from salesoffice.inventory.views.blueprint import bp

__all__ = ["bp", "doubts", "permits", "structure", "units"]
