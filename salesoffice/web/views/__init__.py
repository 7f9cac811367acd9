"""Pages of web: home, health and what browsers ask for."""

from salesoffice.web.views import health, home
from salesoffice.web.views.blueprint import bp

__all__ = ["bp", "health", "home"]
