"""Pages of the daily log."""

from salesoffice.dailylog.views import logs, opinions
from salesoffice.dailylog.views.blueprint import bp

__all__ = ["bp", "logs", "opinions"]
