"""Pages of holds, subscription agreements and the waiting list."""

from salesoffice.reservations.views import changes, holds, provisional, subscriptions, waiting
from salesoffice.reservations.views.blueprint import bp

__all__ = ["bp", "changes", "holds", "provisional", "subscriptions", "waiting"]
