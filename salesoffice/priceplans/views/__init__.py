"""Pages of price plans."""

from salesoffice.priceplans.views import comparison, exports, plans, sheet, solver, units, versions
from salesoffice.priceplans.views.blueprint import bp

__all__ = ["bp", "comparison", "exports", "plans", "sheet", "solver", "units", "versions"]
