"""Pages of holds, subscription agreements and the waiting list."""

from salesoffice.reservations.views import holds, provisional, subscriptions, waiting
from salesoffice.reservations.views.blueprint import bp

__all__ = ["bp", "holds", "provisional", "subscriptions", "waiting"]
