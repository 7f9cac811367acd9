"""Pages of staff: signing in, one's own account, users."""

from salesoffice.staff.views import account, signin, users
from salesoffice.staff.views.blueprint import bp

__all__ = ["account", "bp", "signin", "users"]
