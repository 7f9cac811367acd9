"""Pages of inventory."""

from salesoffice.inventory.views import areas, bulk, doubts, generation, overlays, permits, structure, units
from salesoffice.inventory.views.blueprint import bp

__all__ = ["areas", "bp", "bulk", "doubts", "generation", "overlays", "permits", "structure", "units"]
