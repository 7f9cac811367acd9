"""Pages of holds, subscription agreements and the waiting list."""

from salesoffice.reservations.views import changes, holds, subscriptions, waiting
from salesoffice.reservations.views.blueprint import bp

__all__ = ["bp", "changes", "holds", "subscriptions", "waiting"]
