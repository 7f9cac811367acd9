"""Pages that look across the features: board, unit, deal, and the money of deals."""

from salesoffice.board.views import board, deals, papers, public, receipts, refunds, units, why
from salesoffice.board.views.blueprint import bp

__all__ = ["board", "bp", "deals", "papers", "public", "receipts", "refunds", "units", "why"]
