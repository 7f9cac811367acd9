"""Pages of registrations."""

from salesoffice.registrations.views.blueprint import bp

__all__ = ["bp"]
