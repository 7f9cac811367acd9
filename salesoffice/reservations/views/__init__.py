"""Pages of holds and subscription agreements."""

from salesoffice.reservations.views import changes, holds, subscriptions
from salesoffice.reservations.views.blueprint import bp

__all__ = ["bp", "changes", "holds", "subscriptions"]
