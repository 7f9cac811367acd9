"""Pages that look across the features: board, unit, deal."""

from salesoffice.board.views import board, deals, units
from salesoffice.board.views.blueprint import bp

__all__ = ["board", "bp", "deals", "units"]
