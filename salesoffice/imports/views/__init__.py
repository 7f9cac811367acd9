"""Pages of imports."""

from salesoffice.imports.views import batches, profiles, tables
from salesoffice.imports.views.blueprint import bp

__all__ = ["batches", "bp", "profiles", "tables"]
