"""Pages of inventory."""

from salesoffice.inventory.views import areas, doubts, generation, overlays, permits, structure, units
from salesoffice.inventory.views.blueprint import bp

__all__ = ["areas", "bp", "doubts", "generation", "overlays", "permits", "structure", "units"]
