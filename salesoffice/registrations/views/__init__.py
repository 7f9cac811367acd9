"""Pages of registrations."""

from salesoffice.registrations.views import categories, lists, registrations
from salesoffice.registrations.views.blueprint import bp

__all__ = ["bp", "categories", "lists", "registrations"]
