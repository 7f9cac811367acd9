"""Pages of changes."""

from salesoffice.changes.views import areas, asking, lists, showing
from salesoffice.changes.views.blueprint import bp

__all__ = ["areas", "asking", "bp", "lists", "showing"]
